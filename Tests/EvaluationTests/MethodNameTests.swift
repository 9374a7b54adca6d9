import Testing

@testable import Evaluation

@Suite struct MethodNameTests {
    @Test func grammar() throws {
        let pair = try MethodName(parsing: "kenet:l1+usrnet-tiny:a/b.safetensors")
        #expect(pair.first.system == "kenet" && pair.first.weights == "l1")
        #expect(pair.upscaler?.system == "usrnet-tiny" && pair.upscaler?.weights == "a/b.safetensors")
        #expect("\(pair)" == "kenet:l1+usrnet-tiny:a/b.safetensors" && !pair.usesTrueKernel)
        #expect(try MethodName(parsing: "gt+usrnet-tiny").usesTrueKernel)
    }

    @Test(arguments: ["", "+", "kenet+", "+usrnet", "a+b+c", ":l1", "kenet:"])
    func nonsense(text: String) {
        #expect(throws: EvaluationError.methodName(text)) { try MethodName(parsing: text) }
    }

    @Test func registry() throws {
        for name in MethodRegistry.names { #expect(MethodRegistry.knows(try MethodName(parsing: name)), "\(name)") }
        for name in ["gt", "gt+kenet", "usrnet-tiny", "kenet+kenet", "bicubic+usrnet-tiny", "rcam"] {
            #expect(!MethodRegistry.knows(try MethodName(parsing: name)), "\(name)")
            #expect(throws: EvaluationError.self) { try EvaluationPlan.checkKnown([name]) }
        }
    }

    @Test func floorsStandBesideWhatIsNamed() throws {
        func completed(_ names: String...) throws -> [String] { try EvaluationPlan.completed(names).map(\.description) }
        #expect(try completed("bicubic") == ["bicubic-aligned", "bicubic"])
        #expect(try completed("kenet") == ["constant", "kenet"])
        #expect(try completed("gt+usrnet-tiny") == ["bicubic-aligned", "gt+usrnet-tiny"])
        #expect(try completed("constant+usrnet-tiny", "bicubic-aligned", "kenet") == ["constant+usrnet-tiny", "bicubic-aligned", "kenet"])
    }

    @Test(arguments: ["0/2", "3/2", "1", "a/b", "1/2/3", "-1/2", ""])
    func shardsThatAreNone(text: String) { #expect(Shard(text) == nil) }

    @Test func shardsCoverEverythingOnce() throws {
        let shards = try (1...3).map { try #require(Shard("\($0)/3")) }
        for number in 0..<20 { #expect(shards.filter { $0.contains(number) }.count == 1) }
    }
}
