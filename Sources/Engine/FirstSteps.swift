package import ChatAPI
import Storage

// What the first start asks: is there anybody yet who may run this?
extension Engine {
    private static let selectSuperAdmin = SQL(
        """
        SELECT 1 FROM role_grant JOIN account ON account.id = role_grant.account
        WHERE role_grant.role = 'superAdmin' AND account.kind = 'person' AND account.deleted_at IS NULL LIMIT 1
        """
    )

    /// Whether a person holds the grant `superAdmin`. Until then the daemon prints how to make the first one.
    package func hasAdministrator() async throws(APIError) -> Bool {
        do {
            return try await database.read { tx in
                try tx.first(Self.selectSuperAdmin) { _ in true } ?? false
            }
        } catch {
            throw APIError(refusal: error)
        }
    }
}
