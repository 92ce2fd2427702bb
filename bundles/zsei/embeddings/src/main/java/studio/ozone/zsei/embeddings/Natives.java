package studio.ozone.zsei.embeddings;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

import ai.onnxruntime.OrtEnvironment;

/**
 * Lays the native libraries of ONNX Runtime down in a stable place below the data home. Left alone, ONNX Runtime writes 28 MB into
 * the temporary folder at every start, and leaves them there when the process is killed.
 */
final class Natives {

    /** Read by ONNX Runtime when its classes are initialised. */
    static final String PATH = "onnxruntime.native.path";

    private Natives() {
    }

    /** Does nothing where somebody has set the path. To be called before ONNX Runtime is first used. */
    static void prepare(Path home) throws IOException {
        if (System.getProperty(PATH) != null) {
            return;
        }
        String platform = platform(System.getProperty("os.name"), System.getProperty("os.arch"));
        Path folder = home.resolve("native").resolve("onnxruntime-" + build() + "-" + platform);
        for (String library : List.of("onnxruntime", "onnxruntime4j_jni")) {
            String file = System.mapLibraryName(library);
            Unpacked.once(name -> OrtEnvironment.class.getResourceAsStream(name), "/ai/onnxruntime/native/" + platform + "/" + file,
                    folder.resolve(file));
        }
        System.setProperty(PATH, folder.toString());
    }

    /** The commit that the libraries were built from, shortened: another build goes to another folder. */
    private static String build() throws IOException {
        try (InputStream in = OrtEnvironment.class.getResourceAsStream("/GIT_COMMIT_ID")) {
            if (in == null) {
                throw new FileNotFoundException("The ONNX Runtime bundle does not tell its build (GIT_COMMIT_ID)");
            }
            return new String(in.readNBytes(12), StandardCharsets.US_ASCII);
        }
    }

    /** As the folders in the library are called. */
    static String platform(String system, String architecture) {
        String os = system.toLowerCase(Locale.ROOT);
        String name = os.contains("mac") ? "osx" : os.contains("win") ? "win" : "linux";
        return name + "-" + (architecture.equals("aarch64") || architecture.equals("arm64") ? "aarch64" : "x64");
    }
}
