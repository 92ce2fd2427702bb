/** Texts to vectors: a sentence transformer run by ONNX Runtime, loaded at the first text and let go when idle. */
@Toggle(pid = OnnxEmbedder.PID, key = "enabled")
package studio.ozone.zsei.embeddings;

import studio.ozone.api.capability.Toggle;
