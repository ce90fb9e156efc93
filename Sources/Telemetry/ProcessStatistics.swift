import Glibc

/// What the kernel knows about this process, read from /proc when metrics are asked for.
///
/// The names are those that every exporter uses (`process_…`), so that existing dashboards and alerts find them.
package struct ProcessStatistics: Sendable, Equatable {
    package var residentBytes: Int64
    package var openDescriptors: Int64
    package var descriptorLimit: Int64
    package var cpuSeconds: Double
    /// Seconds since 1970.
    package var startTime: Double

    package init(
        residentBytes: Int64,
        openDescriptors: Int64,
        descriptorLimit: Int64,
        cpuSeconds: Double,
        startTime: Double
    ) {
        self.residentBytes = residentBytes
        self.openDescriptors = openDescriptors
        self.descriptorLimit = descriptorLimit
        self.cpuSeconds = cpuSeconds
        self.startTime = startTime
    }

    /// This process now; nil where /proc is not mounted.
    package static func current() -> ProcessStatistics? {
        guard let stat = read("/proc/self/stat"), let descriptors = descriptorCount() else { return nil }
        var statistics = ProcessStatistics(
            stat: stat,
            boot: read("/proc/stat") ?? bootLine(),
            ticksPerSecond: Double(sysconf(Int32(_SC_CLK_TCK))),
            pageBytes: Int64(sysconf(Int32(_SC_PAGESIZE)))
        )
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            statistics?.descriptorLimit = Int64(clamping: limit.rlim_cur)
        }
        statistics?.openDescriptors = descriptors
        return statistics
    }

    /// The line of /proc/stat with the time of the boot, for where only processes are shown (`ProcSubset=pid`).
    private static func bootLine() -> String {
        var (wall, up) = (timespec(), timespec())
        clock_gettime(CLOCK_REALTIME, &wall)
        clock_gettime(CLOCK_BOOTTIME, &up)
        return "btime \(wall.tv_sec - up.tv_sec)\n"
    }

    /// From the text of /proc/self/stat and /proc/stat (proc(5)).
    init?(stat: String, boot: String, ticksPerSecond: Double, pageBytes: Int64) {
        // The second field is the name in parentheses and may hold anything, even ")".
        guard let end = stat.utf8.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        // Fields are numbered from 1 in proc(5); the first one here is field 3.
        guard fields.count > 21, let user = Double(fields[11]), let system = Double(fields[12]),
            let start = Double(fields[19]), let pages = Int64(fields[21])
        else { return nil }
        guard let bootLine = boot.split(separator: "\n").first(where: { $0.hasPrefix("btime ") }),
            let bootTime = Double(bootLine.dropFirst(6))
        else { return nil }
        self.init(
            residentBytes: pages * pageBytes,
            openDescriptors: 0,
            descriptorLimit: 0,
            cpuSeconds: (user + system) / ticksPerSecond,
            startTime: bootTime + start / ticksPerSecond
        )
    }

    var openMetrics: String {
        var text = ""
        func put(_ name: String, _ kind: MetricFamily.Kind, _ unit: MetricUnit, _ help: String, _ value: Double) {
            MetricFamily.head(name, kind, unit, help, into: &text)
            text += "\(name)\(kind == .counter ? "_total" : "") \(MetricFamily.number(value))\n"
        }
        put("process_cpu_seconds", .counter, .seconds, "Processor time, user and system.", cpuSeconds)
        put("process_resident_memory_bytes", .gauge, .bytes, "Resident memory.", Double(residentBytes))
        put("process_open_fds", .gauge, .none, "Open descriptors.", Double(openDescriptors))
        put("process_max_fds", .gauge, .none, "How many descriptors may be open.", Double(descriptorLimit))
        put("process_start_time_seconds", .gauge, .seconds, "Start of the process since 1970.", startTime)
        return text
    }

    private static func descriptorCount() -> Int64? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count: Int64 = 0
        while readdir(folder) != nil { count += 1 }
        // Without ".", ".." and the descriptor that reads the folder.
        return count - 3
    }

    /// Files in /proc have no size: read until the end, at most 1 MiB.
    private static func read(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while bytes.count < 1 << 20 {
            var isEnd = false
            let chunk = [UInt8](unsafeUninitializedCapacity: 16_384) { buffer, count in
                let got = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                isEnd = got <= 0
                count = max(0, got)
            }
            if isEnd { break }
            bytes += chunk
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
