import Testing

/// Idle threads of OpenMP sleep unless the user wants them to spin; `CWaitPolicy`. GNU's OpenMP says what it has read.
@Suite(.serialized) struct WaitPolicyTests {
    private func spins(_ environment: [String: String]) throws -> String? {
        let folder = try WorkFolder()
        let result = try Tool.run(["--version"], in: folder, environment: environment.merging(["OMP_DISPLAY_ENV": "verbose"]) { $1 })
        #expect(result.status == 0)
        return result.errors.split(separator: "\n").first { $0.contains("GOMP_SPINCOUNT") }.map(String.init)
    }

    @Test func threadsSleepUnlessToldOtherwise() throws {
        guard let usual = try spins([:]) else { return }
        #expect(usual.contains("'0'"))
        #expect(try spins(["OMP_WAIT_POLICY": "active"])?.contains("'0'") == false)
    }
}
