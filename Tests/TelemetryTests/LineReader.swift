import Telemetry

/// Reads a line back, strictly: the fields of one flat JSON object or of logfmt; nil if it is neither.
func parsed(_ line: String, _ format: LogSink.Format) -> [(key: String, value: String)]? {
    var rest = Substring(line)
    var fields: [(key: String, value: String)] = []
    func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.unicodeScalars.first == character else { return false }
        rest.unicodeScalars.removeFirst()
        return true
    }
    /// Behind the opening quote, up to and with the closing one.
    func string() -> String? {
        var units: [UInt16] = []
        while let scalar = rest.unicodeScalars.popFirst() {
            if scalar == "\"" { return String(decoding: units, as: UTF16.self) }
            guard scalar == "\\" else {
                units += UTF16.encode(scalar)!
                continue
            }
            switch rest.unicodeScalars.popFirst() {
            case "n": units.append(0x0A)
            case "r": units.append(0x0D)
            case "t": units.append(0x09)
            case "\"": units.append(0x22)
            case "\\": units.append(0x5C)
            case "u":
                guard let unit = UInt16(rest.prefix(4), radix: 16) else { return nil }
                rest = rest.dropFirst(4)
                units.append(unit)
            default: return nil
            }
        }
        return nil
    }
    func bare(until ends: String) -> String {
        let text = rest.prefix { !ends.contains($0) }
        rest = rest.dropFirst(text.count)
        return String(text)
    }
    if format == .json {
        guard take("{") else { return nil }
        repeat {
            guard take("\""), let key = string(), take(":") else { return nil }
            guard let value = take("\"") ? string() : bare(until: ",}") else { return nil }
            fields.append((key, value))
        } while take(",")
        return take("}") && rest.isEmpty ? fields : nil
    }
    repeat {
        let key = bare(until: "= \"")
        guard !key.isEmpty, take("=") else { return nil }
        guard let value = take("\"") ? string() : bare(until: " \"=") else { return nil }
        fields.append((key, value))
    } while take(" ")
    return rest.isEmpty ? fields : nil
}
