"""MiniLM without torch: the published weights converted and quantised once, run through onnxruntime."""
