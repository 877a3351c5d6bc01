"""What the pages compute with; knows no widget and no figure.

- `random_streams`: one stream of random numbers for each purpose
- `target_functions`: true functions
- `data_settings`, `noisy_sample`: noisy observations of a true function
- `approximation`: closest polynomials to the true functions
- `split`: training and test points
- `polynomial_settings`: the polynomial that is fitted, and its penalty
- `polynomial_features`: scaled powers, Legendre polynomials
- `least_squares`: least squares and ridge, for a batch of problems
- `elastic_net`: LASSO and elastic net
- `degrees_of_freedom`: effective degrees of freedom of penalized fits
- `fast_fits`: context for many small fits
- `cross_validation`: folds, cross-validated curves, the one-standard-error rule
- `scores`: R² and RMSE
- `metrics`: classification metrics
- `bias_variance_decomposition`: bias², variance and noise, with Monte Carlo errors
"""
