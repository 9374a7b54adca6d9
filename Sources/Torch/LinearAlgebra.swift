import CTorch

extension Tensor {
    /// Eigenvalues in rising order, n, and orthonormal eigenvectors as columns, n×n, of this symmetric matrix. The sign of a vector is
    /// arbitrary.
    public func symmetricEigen() throws(TorchError) -> (values: Tensor, vectors: Tensor) {
        var (values, vectors): (OpaquePointer?, OpaquePointer?)
        try check(withHandle { ct_eigen_symmetric($0, &values, &vectors) })
        return (Tensor(owning: values!), Tensor(owning: vectors!))
    }
}
