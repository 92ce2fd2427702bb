package studio.ozone.runtime.launch;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Path;

/** Starts the one JVM of an instance: takes the data home, so that nobody else works in it, and hands over to Karaf. */
public final class Main {

    private static final String DATA = "ozone.data";
    private static final String HOME = "karaf.home";

    private Main() {
    }

    /** Ends the process with 1, and says why, if the data home is not this instance's to open. */
    public static void main(String[] arguments) throws Exception {
        DataHome held = take();
        if (held == null) {
            System.exit(1);
        }
        org.apache.karaf.main.Main.main(arguments);
        Reference.reachabilityFence(held);         // the lock ends with the process, not before
    }

    private static DataHome take() {
        String data = System.getProperty(DATA);
        if (data == null || !Path.of(data).isAbsolute()) {
            System.err.println("The data home is not named: -D" + DATA + "=<an absolute path> is " + (data == null ? "missing" : data));
            return null;
        }
        try {
            return DataHome.take(Path.of(data), System.getProperty(HOME, ""));
        } catch (DataHome.Held e) {
            System.err.println(e.getMessage());
        } catch (IOException e) {
            System.err.println("The data home " + data + " cannot be locked: " + e + ". Give yourself the right to write there, or name another one.");
        }
        return null;
    }
}
