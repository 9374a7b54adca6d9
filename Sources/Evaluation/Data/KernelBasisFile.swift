import BlindSR
import NeuralNetworks

/// The kernel basis of SRMD, which its authors keep in a `.mat` file beside their checkpoints: 15 rows of 225 values.
public enum KernelBasisFile {
    /// The basis as the tensor `pca` of ``SRMD``. Throws `KernelFileError`.
    public static func read(_ path: String) throws(KernelFileError) -> SafetensorsFile.Record {
        let values = try MatlabFile.matrix(path, height: 15, width: 225)
        return SafetensorsFile.Record(name: "pca", shape: [15, 225], floats: values.map(Float.init))
    }
}
