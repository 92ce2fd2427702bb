package studio.ozone.llm.local;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import studio.ozone.api.llm.ProviderException;

/** Where {@code llama-server} lies. */
final class Programs {

    private static final boolean WINDOWS = System.getProperty("os.name").startsWith("Windows");
    private static final String NAME = WINDOWS ? "llama-server.exe" : "llama-server";
    private static final String[] USUAL = {"/opt/homebrew/bin", "/usr/local/bin", "/home/linuxbrew/.linuxbrew/bin", "/opt/local/bin", "~/.local/bin",
        "~/bin", "/usr/bin", "/usr/lib/llama.cpp", "/usr/lib/llama.cpp/bin", "/usr/libexec/llama.cpp", "/opt/llama.cpp/bin", "/snap/bin",
        "~/AppData/Local/Microsoft/WinGet/Links", "~/scoop/shims", "C:/Program Files/llama.cpp"};

    private Programs() {
    }

    /**
     * @param configured the configured path, of the program or its folder; empty to look for it
     * @param path the variable PATH; may be null
     * @throws ProviderException UNAVAILABLE if there is none
     */
    static Path find(String configured, String path) throws ProviderException {
        if (!configured.isEmpty()) {
            Path given = Path.of(configured);
            Path program = Files.isDirectory(given) ? given.resolve(NAME) : given;
            if (!Files.isRegularFile(program)) {
                throw new ProviderException(ProviderException.Code.UNAVAILABLE, "llm.local.server_path = " + configured
                    + ": there is no such program. Name llama-server, or unset the key to have it looked for.");
            }
            if (!Files.isExecutable(program)) {
                throw new ProviderException(ProviderException.Code.UNAVAILABLE, "llm.local.server_path = " + configured
                    + " is not executable by this user (chmod +x).");
            }
            return program.toAbsolutePath();
        }
        List<String> folders = new ArrayList<>(path == null ? List.of() : List.of(path.split(File.pathSeparator)));
        folders.addAll(List.of(USUAL));
        for (String folder : folders) {
            Path program = program(folder);
            if (program != null) {
                return program;
            }
        }
        throw new ProviderException(ProviderException.Code.UNAVAILABLE, "There is no engine for local models: llama-server of llama.cpp was not found on the PATH"
            + " or in the usual places. Install it (macOS and Linux: brew install llama.cpp; Windows: winget install llama.cpp), or name it with"
            + " llm.local.server_path, or a running llama-server, Ollama or LM Studio with llm.local.server_url.");
    }

    private static Path program(String folder) {
        try {
            Path program = Path.of(folder.startsWith("~/") ? System.getProperty("user.home") + folder.substring(1) : folder).resolve(NAME);
            return !folder.isEmpty() && program.isAbsolute() && Files.isRegularFile(program) && Files.isExecutable(program) ? program : null;
        } catch (InvalidPathException e) {
            return null;     // an entry of PATH that is no path
        }
    }
}
