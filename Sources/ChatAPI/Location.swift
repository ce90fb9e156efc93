/// A point on the earth: an optional part of a message, of a chat request, of a place.
package struct Location: Codable, Sendable, Equatable {
    /// Degrees, north is positive.
    package var latitude: Double
    /// Degrees, east is positive.
    package var longitude: Double
    /// What people call it: `gate 3, left of the bar`.
    package var label: String?

    package init(latitude: Double, longitude: Double, label: String? = nil) {
        self.latitude = latitude
        self.longitude = longitude
        self.label = label
    }
}

extension Location {
    /// Refuses what is not on the earth, and rounds to five decimals: a metre, and no more than a map needs.
    package func checked(named member: String = "location") throws(APIError) -> Location {
        guard latitude.isFinite, (-90...90).contains(latitude) else {
            throw .invalid(member, "has the latitude \(latitude); it lies between -90 and 90")
        }
        guard longitude.isFinite, (-180...180).contains(longitude) else {
            throw .invalid(member, "has the longitude \(longitude); it lies between -180 and 180")
        }
        var checked = Location(latitude: Self.rounded(latitude), longitude: Self.rounded(longitude))
        if let label, !label.isEmpty {
            try TextRules.checkLine(label, named: member, limit: Limits.locationLabelBytes)
            checked.label = label
        }
        return checked
    }

    private static func rounded(_ degrees: Double) -> Double {
        (degrees * 100_000).rounded() / 100_000
    }

    /// As people write it: `52.51630, 13.37770 (gate 3)`.
    package var text: String {
        let point = "\(Self.decimals(latitude)), \(Self.decimals(longitude))"
        return label.map { "\(point) (\($0))" } ?? point
    }

    private static func decimals(_ degrees: Double) -> String {
        let scaled = Int64((degrees * 100_000).rounded())
        let fraction = String(scaled.magnitude % 100_000)
        let zeros = String(repeating: "0", count: 5 - fraction.count)
        return "\(scaled < 0 ? "-" : "")\(scaled.magnitude / 100_000).\(zeros)\(fraction)"
    }
}
