package studio.ozone.zsei.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import studio.ozone.api.runtime.Progress;

/** Whether the files of a backup are those that were written. */
final class Whole {

    private Whole() { }

    /** What is missing or damaged; empty where all is well. */
    static List<String> wrong(Path folder, Manifest manifest, Progress progress) throws InterruptedException {
        List<String> wrong = new ArrayList<>();
        long[] read = new long[1];
        for (Manifest.Entry entry : manifest.files()) {
            Path file = folder.resolve(entry.path());
            try {
                if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    wrong.add(entry.path() + " is missing");
                } else if (Files.size(file) != entry.bytes()) {
                    wrong.add(entry.path() + " has " + Files.size(file) + " bytes, and had " + entry.bytes());
                } else if (!entry.sha256().equals(Digest.of(file, bytes -> {
                    read[0] += bytes;
                    progress.report("reading", read[0], manifest.bytes(), entry.path());
                }))) {
                    wrong.add(entry.path() + " is damaged: its content is not what was written");
                }
            } catch (IOException e) {
                wrong.add(entry.path() + " cannot be read: " + Home.reason(e));
            }
        }
        return wrong;
    }
}
