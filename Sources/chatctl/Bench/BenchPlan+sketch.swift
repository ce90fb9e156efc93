import ChatAPI

/// The benches of sketches: drawing together, and joining.
extension BenchPlan {
    struct SketchShape: Sendable {
        var drawers = 20
        var watchers = 200
        /// Operations a second of each drawer.
        var rate = 30
        var seconds = 10
        var width = 200
        var height = 80
    }

    /// - Parameter existing: A sketch to draw in, to look at it from elsewhere; one of the bench's own if nil.
    func sketch(_ shape: SketchShape, in existing: Sketch?) async throws -> [Figure] {
        let population = BenchPopulation(service: service, tag: newTag())
        let sketch: Sketch
        if let existing {
            sketch = existing
        } else {
            sketch = try await make(population, width: shape.width, height: shape.height)
        }
        let people = shape.drawers + shape.watchers
        let tokens = try await population.bots(people, in: [sketch.channel], named: "sk")
        let swarm = BenchSwarm(loop: loop, address: address)
        let bench = BenchSketch(swarm: swarm, sketch: sketch, drawers: shape.drawers, rate: shape.rate, pid: pid)
        let position = Resume(epoch: nil, seq: [sketch.id.logName: sketch.seq])
        try await swarm.open(tokens, resume: position, view: View(sketch: sketch.id), events: bench.events)
        let result = try await bench.run(warmUp: .seconds(1), duration: .seconds(shape.seconds))
        try await swarm.close()
        return [
            Figure(name: "operations", value: Double(result.acknowledged) / result.seconds, unit: "1/s"),
            Figure(name: "refused", value: Double(result.refused), unit: ""),
            Figure(name: "answer p50", value: result.answer50, unit: "ms"),
            Figure(name: "answer p99", value: result.answer99, unit: "ms"),
            Figure(name: "watchers behind p50", value: result.behind50, unit: "ms"),
            Figure(name: "watchers behind p99", value: result.behind99, unit: "ms"),
            Figure(name: "watchers behind at most", value: result.behindMost, unit: "ms"),
            Figure(name: "frames to each", value: result.pushesPerSecond, unit: "1/s"),
            Figure(name: "daemon CPU", value: 100 * result.cpuSeconds / result.seconds, unit: "%"),
        ]
    }

    func sketchJoin(operations: Int, rounds: Int) async throws -> [Figure] {
        let population = BenchPopulation(service: service, tag: newTag())
        var sketch = try await make(population, width: 200, height: 80)
        let tokens = try await population.bots(1, in: [sketch.channel], named: "sj")
        let filling = BenchSketchJoin(loop: loop, address: address, pid: pid, sketch: sketch)
        try await filling.fill(operations, token: tokens[0])
        sketch = try await service.call(.sketch, SketchRef(sketch.id))
        let bench = BenchSketchJoin(loop: loop, address: address, pid: pid, sketch: sketch)
        let result = try await bench.run(token: tokens[0], rounds: rounds)
        return [
            Figure(name: "operations drawn", value: Double(result.operations), unit: ""),
            Figure(name: "connect to drawing p50", value: result.p50, unit: "ms"),
            Figure(name: "connect to drawing p99", value: result.p99, unit: "ms"),
            Figure(name: "received", value: result.bytes / 1_024, unit: "KiB"),
            Figure(name: "daemon CPU each", value: result.cpuMilliseconds, unit: "ms"),
        ]
    }

    private func make(_ population: BenchPopulation, width: Int, height: Int) async throws -> Sketch {
        let channel = try await population.channel("sketch")
        let draft = SketchDraft(channel: channel.description, name: "bench", width: width, height: height)
        return try await service.call(.createSketch, draft)
    }
}
