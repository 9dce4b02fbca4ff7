"""What is measured, and against what. `python -m bench` prints ratios within one run; method in bench/README.md."""
