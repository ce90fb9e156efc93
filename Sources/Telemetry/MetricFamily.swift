/// All series of one name, and how OpenMetrics writes them
/// (https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md).
struct MetricFamily: Sendable {
    enum Kind: String {
        case counter
        case gauge
        case histogram
    }

    struct Series: Sendable {
        let labels: [MetricLabel]
        let metric: any MetricSeries
    }

    let name: String
    let help: String
    let kind: Kind
    let unit: MetricUnit
    var series: [Series]

    func render(into text: inout String) {
        Self.head(name, kind, unit, help, into: &text)
        for one in series {
            for sample in one.metric.samples() {
                let labels = one.labels + (sample.bound.map { [MetricLabel(name: "le", value: $0)] } ?? [])
                text += name + sample.suffix + Self.rendered(labels) + " " + sample.value + "\n"
            }
        }
    }

    static func head(_ name: String, _ kind: Kind, _ unit: MetricUnit, _ help: String, into text: inout String) {
        text += "# TYPE \(name) \(kind.rawValue)\n"
        if unit != .none { text += "# UNIT \(name) \(unit.rawValue)\n" }
        text += "# HELP \(name) \(escaped(help))\n"
    }

    /// Whole numbers without a fraction.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map(String.init) ?? value.description
    }

    private static func rendered(_ labels: [MetricLabel]) -> String {
        guard !labels.isEmpty else { return "" }
        return "{" + labels.map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ",") + "}"
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

struct MetricLabel: Sendable, Equatable {
    let name: String
    let value: String
}

/// What one metric contributes to its family.
protocol MetricSeries: AnyObject, Sendable {
    func samples() -> [MetricSample]
}

struct MetricSample {
    var suffix = ""
    /// The bucket's upper limit, as the label `le` says it.
    var bound: String?
    let value: String
}
