package studio.ozone.itests;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.runtime.json.Json;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** Sweeps every path that the assembled distribution serves: without the token nothing is given away. */
public class AccessSweepIT {

    @ClassRule
    public static final TemporaryFolder FOLDER = new TemporaryFolder();

    private static final String PATTERN = "osgi.http.whiteboard.servlet.pattern";
    private static final String RESOURCE = "osgi.http.whiteboard.resource.pattern";
    private static final String LABEL = "felix.webconsole.label";

    private static Process instance;
    private static int port;
    private static String token;
    private static TreeSet<String> paths;

    @BeforeClass
    public static void start() throws Exception {
        Path home = Path.of(System.getProperty("ozone.home")).toRealPath();
        Path data = FOLDER.getRoot().toPath().toRealPath();
        port = freePort();
        ProcessBuilder builder = new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "@lib/jvm.options", "-Dozone.data=" + data,
                "-Dkaraf.home=" + home, "-Dkaraf.base=" + home, "-Dkaraf.etc=" + home + "/etc", "-Dkaraf.data=" + data + "/karaf",
                "-Dkaraf.log=" + data + "/log", "-Dkaraf.instances=" + data + "/karaf/instances", "-Djava.io.tmpdir=" + data,
                Distribution.MAIN).directory(home.toFile()).redirectErrorStream(true).redirectOutput(data.resolve("out").toFile());
        builder.environment().put("OZONE_WEB_HTTP__PORT", String.valueOf(port));
        instance = builder.start();
        await(() -> send("GET", "/health/live", "").startsWith("HTTP/1.1 200 "));
        token = Files.readString(data.resolve("token")).strip();
        await(() -> get("/health/ready").startsWith("HTTP/1.1 200 ") && get("/console/services.json").startsWith("HTTP/1.1 200 "));
        paths = registered();
    }

    @AfterClass
    public static void stop() throws InterruptedException {
        if (instance != null) {
            instance.destroy();
            if (!instance.waitFor(30, TimeUnit.SECONDS)) {
                instance.destroyForcibly().waitFor();
            }
        }
    }

    @Test
    public void theSweepKnowsWhatIsThere() {
        for (String path : List.of("/api/x", "/health/ready", "/console", "/console/ozone", "/console/bundles", "/console/configMgr", "/api/prompt",
                "/api/config/x", "/nothing")) {
            assertTrue(path + " in " + paths, paths.contains(path));
        }
    }

    @Test
    public void nothingIsGivenAwayWithoutTheToken() throws IOException {
        List<String> proofs = List.of("", basic("admin:admin"), basic("karaf:karaf"), basic("admin:"), basic(":"), "Authorization: Bearer x\r\n",
                "Cookie: ozone_session_" + port + "=x\r\n");
        for (String path : paths) {
            for (String method : List.of("GET", "POST", "PUT", "DELETE")) {
                for (String proof : method.equals("GET") ? proofs : List.of("")) {
                    String answer = send(method, path, proof);
                    assertTrue(method + " " + path + " " + proof + "\n" + answer, answer.startsWith("HTTP/1.1 401 "));
                }
            }
        }
    }

    @Test
    public void otherOriginsAndHostsAreRefusedEvenWithTheToken() throws IOException {
        for (String path : paths) {
            assertTrue(path, send("GET", path, bearer() + "Origin: http://evil.example\r\n").startsWith("HTTP/1.1 403 "));
            assertTrue(path, send("GET", path, bearer() + "Sec-Fetch-Site: cross-site\r\n").startsWith("HTTP/1.1 403 "));
            assertTrue(path, raw("GET " + path + " HTTP/1.1\r\nHost: evil.example\r\n" + bearer()).startsWith("HTTP/1.1 421 "));
        }
    }

    @Test
    public void everyAnswerHasItsHeaders() throws IOException {
        for (String path : paths) {
            if (path.contains("logout")) {
                continue;
            }
            String answer = get(path);
            assertFalse(path + "\n" + answer, answer.startsWith("HTTP/1.1 401 "));
            assertTrue(path + "\n" + answer, answer.contains("frame-ancestors 'none'") && answer.contains("X-Content-Type-Options: nosniff"));
        }
    }

    @Test
    public void commandsAreNotServedOnTcp() throws IOException {
        for (String path : List.of("/command", "/shell")) {
            assertTrue(path, send("POST", path, bearer()).startsWith("HTTP/1.1 404 "));
        }
    }

    @Test
    public void onlyTheLoopbackAddressListens() throws IOException {
        for (NetworkInterface card : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            for (InetAddress address : Collections.list(card.getInetAddresses())) {
                if (!address.isLoopbackAddress()) {
                    try (Socket socket = new Socket()) {
                        assertThrows(address.toString(), IOException.class, () -> socket.connect(new InetSocketAddress(address, port), 1000));
                    }
                }
            }
        }
    }

    /** Every servlet, resource and console page that is registered, and every route of the API's description. */
    private static TreeSet<String> registered() throws Exception {
        TreeSet<String> found = new TreeSet<>(List.of("/", "/nothing", "/logout", "/console", "/console/logout"));
        for (Object service : list(Json.readObject(body(get("/console/services.json"))).get("data"))) {
            String id = String.valueOf(map(service).get("id"));
            Map<String, Object> details = Json.readObject(body(get("/console/services/" + id + ".json")));
            for (Object property : list(map(list(details.get("data")).getFirst()).get("props"))) {
                Object key = map(property).get("key");
                Object value = map(property).get("value");
                for (Object each : value instanceof List<?> several ? several : List.of(value)) {
                    String text = String.valueOf(each);
                    if (PATTERN.equals(key) || RESOURCE.equals(key)) {
                        found.add(text.startsWith("/") ? text.replace("*", "x") : "/" + text.replace("*", "x"));
                    } else if (LABEL.equals(key)) {
                        found.add("/console/" + text.replace(" ", "%20"));
                    }
                }
            }
        }
        map(Json.readObject(body(get("/api/openapi.json"))).get("paths")).keySet().stream().map(path -> ((String) path).replaceAll("\\{.*}", "x"))
                .filter(path -> !path.equals("/health/live")).forEach(found::add);
        return found;
    }

    @FunctionalInterface
    private interface Question {
        boolean holds() throws Exception;
    }

    private static void await(Question question) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        while (true) {
            try {
                if (question.holds()) {
                    return;
                }
            } catch (IOException e) {
                assertTrue("the instance runs", instance.isAlive());
            }
            assertTrue("in 90 seconds", System.nanoTime() < end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static String get(String path) throws IOException {
        return send("GET", path, bearer());
    }

    private static String send(String method, String path, String headers) throws IOException {
        return raw(method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n" + headers);
    }

    /** HTTP/1.1 by hand: clients would not send these headers. */
    private static String raw(String head) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write((head + "Connection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The body, chunks put together. */
    private static String body(String answer) {
        int gap = answer.indexOf("\r\n\r\n");
        assertEquals(answer, "200", answer.substring(9, 12));
        byte[] rest = answer.substring(gap + 4).getBytes(StandardCharsets.UTF_8);
        if (!answer.substring(0, gap).contains("Transfer-Encoding: chunked")) {
            return new String(rest, StandardCharsets.UTF_8);
        }
        StringBuilder whole = new StringBuilder();
        int at = 0;
        while (true) {
            int line = at;
            while (rest[line] != '\r') {
                line++;
            }
            int size = Integer.parseInt(new String(rest, at, line - at, StandardCharsets.US_ASCII), 16);
            if (size == 0) {
                return whole.toString();
            }
            whole.append(new String(rest, line + 2, size, StandardCharsets.UTF_8));
            at = line + 2 + size + 2;
        }
    }

    private static String bearer() {
        return token == null ? "" : "Authorization: Bearer " + token + "\r\n";
    }

    private static String basic(String credentials) {
        return "Authorization: Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)) + "\r\n";
    }

    private static Map<?, ?> map(Object value) {
        return (Map<?, ?>) value;
    }

    private static List<?> list(Object value) {
        return value == null ? new ArrayList<>() : (List<?>) value;
    }
}
