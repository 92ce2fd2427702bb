package studio.ozone.runtime.client;

import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import sun.misc.Signal;

/**
 * Talks to the running instance where there is no {@code curl}: sends one command, asks whether the instance is ready, or is
 * the keyboard and screen of an interactive session. {@code ozone-core} starts it; it needs nothing but the JDK.
 */
public final class Client {

    /** The exit code where nobody listens on the socket, as {@code curl} has it. */
    static final int NOBODY = 7;

    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final byte[] END_OF_KEYS = {4};

    private final Path socket;
    private final InputStream in;
    private final OutputStream out;
    private final PrintStream err;

    Client(Path socket, InputStream in, OutputStream out, PrintStream err) {
        this.socket = socket;
        this.in = in;
        this.out = out;
        this.err = err;
    }

    /** Ends the JVM with the exit code of the command; 7 where nobody listens. */
    public static void main(String[] args) {
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        System.exit(args.length < 2 ? usage(err)
                : new Client(Path.of(args[0]), System.in, new FileOutputStream(FileDescriptor.out), err)
                        .run(args[1], Arrays.asList(args).subList(2, args.length)));
    }

    private static int usage(PrintStream err) {
        err.println("Usage: Client SOCKET ready | SOCKET command CWD COLUMNS ARGUMENT… | SOCKET shell CWD COLUMNS ROWS TERMINAL");
        return USAGE;
    }

    int run(String what, List<String> arguments) {
        int least = switch (what) {
            case "ready" -> 0;
            case "command" -> 3;
            case "shell" -> 4;
            default -> Integer.MAX_VALUE;
        };
        if (arguments.size() < least) {
            return usage(err);
        }
        Exchange exchange;
        try {
            exchange = new Exchange(socket);
        } catch (IOException e) {
            return NOBODY;
        }
        try (exchange) {
            return switch (what) {
                case "ready" -> ready(exchange);
                case "command" -> command(exchange, arguments);
                default -> shell(exchange, arguments);
            };
        } catch (IOException e) {
            err.println("ozone-core: " + e.getMessage());
            return FAILED;
        }
    }

    private int ready(Exchange exchange) throws IOException {
        exchange.send("GET", "/health/ready", new byte[0]);
        int status = exchange.status();
        exchange.body(out);
        return status == 200 ? 0 : FAILED;
    }

    private int command(Exchange exchange, List<String> arguments) throws IOException {
        ByteArrayOutputStream body = fields(arguments);
        if (arguments.getLast().equals("-")) {
            in.transferTo(body);
        }
        exchange.send("POST", "/command", body.toByteArray(), "Ozone-Arguments: " + (arguments.size() - 2));
        return outcome(exchange, exchange.status());
    }

    private int shell(Exchange exchange, List<String> arguments) throws IOException {
        exchange.send("POST", "/shell", fields(arguments).toByteArray());
        int status = exchange.status();
        String name = exchange.field("ozone-shell");
        if (name != null) {
            Thread.ofPlatform().daemon().name("keys").start(() -> keys(name));
            Signal.handle(new Signal("WINCH"), signal -> resize(name));
        }
        return outcome(exchange, status);
    }

    /** Sends keys as they are pressed; where there are no more, what Ctrl-D says. */
    private void keys(String name) {
        try (Exchange keys = new Exchange(socket)) {
            keys.begin("/shell/" + name + "/keys");
            byte[] some = new byte[512];
            for (int read = in.read(some); read >= 0; read = in.read(some)) {
                keys.chunk(some, read);
            }
            keys.chunk(END_OF_KEYS, 1);
            keys.chunk(some, 0);
            keys.status();
        } catch (IOException e) {
            err.print("\r\nozone-core: no key reaches the session any more: " + e.getMessage() + "\r\n");
        }
    }

    /** The window has another size: asks the terminal for it, and tells the session. */
    private void resize(String name) {
        try (Exchange exchange = new Exchange(socket)) {
            Process stty = new ProcessBuilder("stty", "size").redirectInput(ProcessBuilder.Redirect.INHERIT).start();
            String[] size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).trim().split(" ");
            if (size.length == 2) {
                exchange.send("POST", "/shell/" + name + "/size", fields(List.of("/", size[1], size[0])).toByteArray());
                exchange.status();
            }
        } catch (IOException e) {
            err.print("\r\nozone-core: the session does not know of the new size: " + e.getMessage() + "\r\n");
        }
    }

    private int outcome(Exchange exchange, int status) throws IOException {
        if (status != 200) {
            exchange.body(err);
            return FAILED;
        }
        exchange.body(out);
        String message = exchange.field("ozone-error");
        if (message != null) {
            err.println("ozone-core: " + URLDecoder.decode(message.replace("+", "%2B"), StandardCharsets.UTF_8));
        }
        String exit = exchange.field("ozone-exit");
        return exit == null ? FAILED : Integer.parseInt(exit);
    }

    private static ByteArrayOutputStream fields(List<String> fields) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (String field : fields) {
            body.writeBytes(field.getBytes(StandardCharsets.UTF_8));
            body.write(0);
        }
        return body;
    }
}
