import Storage

extension PlaceTable {
    /// Every agency and event of the database: some 100 bytes each.
    static func stored(_ connection: Connection) throws -> PlaceTable {
        var table = PlaceTable()
        for (id, state) in try AgencyStore.states(connection) { table.apply(.agency(id, state)) }
        for (id, facts) in try EventStore.facts(connection) { table.apply(.event(id, facts)) }
        return table
    }
}
