"""The log's tree, checkpoints, tiles and judgement."""
