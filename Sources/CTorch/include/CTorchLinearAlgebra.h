/// Decompositions of matrices.
#pragma once

/// Eigenvalues in rising order and orthonormal eigenvectors as columns of a symmetric matrix.
ct_status ct_eigen_symmetric(ct_tensor a, ct_tensor *values, ct_tensor *vectors);
