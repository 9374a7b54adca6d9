@_exported import Pixels

// What this library's functions take, give and throw: `import BlindSR` is enough to name it.
@_exported import enum NeuralNetworks.WeightError
@_exported import enum Torch.Device
@_exported import class Torch.TensorThread
@_exported import enum Torch.TorchError
