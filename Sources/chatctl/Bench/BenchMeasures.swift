import Glibc

/// Clocks and counters of the bench: monotonic time, a process's CPU time and memory, percentiles.
enum BenchMeasures {
    /// Monotonic nanoseconds.
    static var nanoseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Seconds of user and system time of a process: fields 14 and 15 of /proc/PID/stat.
    static func cpuSeconds(of pid: Int) -> Double {
        let text = read("/proc/\(pid)/stat")
        guard let end = text.lastIndex(of: ")") else { return 0 }
        let fields = text[text.index(end, offsetBy: 2)...].split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    static func residentBytes(of pid: Int) -> Int {
        let fields = read("/proc/\(pid)/statm").split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : 0
    }

    static func read(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 16_384)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : ""
    }

    /// The value below which this share of the samples lies, in the samples' unit.
    static func percentile(_ share: Double, of samples: [Int64]) -> Double {
        guard !samples.isEmpty else { return 0 }
        let sorted = samples.sorted()
        return Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))])
    }

    /// Syncs per second that this core and disk give: 4 KiB appended and synced, for two seconds.
    static func syncsPerSecond(in folder: String) -> Double {
        let path = folder + "/fsync.probe"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return 0 }
        defer {
            close(descriptor)
            unlink(path)
        }
        let page = [UInt8](repeating: 7, count: 4_096)
        let start = nanoseconds
        var count = 0
        while nanoseconds - start < 2_000_000_000 {
            guard write(descriptor, page, page.count) == page.count, fdatasync(descriptor) == 0 else { return 0 }
            count += 1
        }
        return Double(count) / (Double(nanoseconds - start) / 1e9)
    }
}
