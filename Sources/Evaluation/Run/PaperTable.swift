import BlindSR

/// The tables of the paper as evaluations.
public enum PaperTable: String, Sendable, CaseIterable {
    /// Blind super-resolution on four data sets.
    case table1
    /// What the loss of KENet's training is worth.
    case table2
    /// Kernel estimators, all with the same restorer.
    case table3

    public var title: String {
        switch self {
        case .table1: "Table 1: blind super-resolution"
        case .table2: "Table 2: the loss that KENet is trained with"
        case .table3: "Table 3: kernel estimators"
        }
    }

    public var sets: [String] {
        switch self {
        case .table1: ["Set5", "Set14", "BSD100", "Urban100"]
        case .table2: ["BSD100"]
        case .table3: ["Set5"]
        }
    }

    public var scales: [Int] { self == .table3 ? [2] : [2, 4] }

    /// Names of methods, those of the paper and our own pair beside them; some may be of systems that this version does not have.
    public var methods: [String] {
        switch self {
        case .table1:
            [
                "bicubic", "bicubic-aligned", "rcan", "kernelgan+zssr", "dan", "mzsr", "kenet+usrnet-tiny", "gt+usrnet-tiny",
                "spectrum+wiener", "gt+wiener",
            ]
        case .table2: ["kenet:reconstruction+usrnet-tiny", "kenet:l1+usrnet-tiny", "kenet+usrnet-tiny", "gt+usrnet-tiny"]
        case .table3:
            [
                "kernelgan+usrnet-tiny", "dipfkp+usrnet-tiny", "constant+usrnet-tiny", "kenet+usrnet-tiny", "spectrum+usrnet-tiny",
                "gt+usrnet-tiny", "spectrum+wiener", "gt+wiener",
            ]
        }
    }
}

extension EvaluationPlan {
    /// What no table may lack: the aligned bicubic beside everything that restores, and the constant kernel beside everything that estimates.
    ///
    /// - Throws: ``EvaluationError/methodName(_:)``.
    public static func completed(_ methods: [String]) throws(EvaluationError) -> [MethodName] {
        var names: [MethodName] = []
        for text in methods {
            let name = try MethodName(parsing: text)
            if !names.contains(name) { names.append(name) }
        }
        let aligned = try MethodName(parsing: "bicubic-aligned")
        let constant = try MethodName(parsing: "constant")
        let restores = names.contains(where: MethodRegistry.restores)
        let estimates = names.contains {
            MethodRegistry.knows($0) && !$0.usesTrueKernel && SystemName.Whole(rawValue: $0.first.system) == nil
        }
        if restores, !names.contains(aligned) { names.insert(aligned, at: 0) }
        if estimates, !names.contains(where: { $0.first == constant.first }) { names.insert(constant, at: 0) }
        return names
    }

    /// Throws for a name whose systems do not exist: a typing error, where the tables' own names may be of systems to come.
    public static func checkKnown(_ methods: [String]) throws(EvaluationError) {
        for text in methods where !MethodRegistry.knows(try MethodName(parsing: text)) {
            throw .unknownMethod(text, known: MethodRegistry.names)
        }
    }

    /// The methods of an evaluation that names none.
    public static let usualMethods = ["bicubic", "bicubic-aligned", "spectrum+wiener", "gt+wiener"]
}
