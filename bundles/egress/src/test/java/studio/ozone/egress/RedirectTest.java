package studio.ozone.egress;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.ClassRule;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.egress.Egress.Connection;
import studio.ozone.api.egress.Egress.Response;
import studio.ozone.api.egress.EgressException;
import studio.ozone.api.egress.EgressException.Code;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** Redirects, names and TLS: names are answered by a script, and public addresses lead to a local server. */
public class RedirectTest {

    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final String ADDRESS = "9.9.9.9";

    @ClassRule
    public static final TemporaryFolder KEYS = new TemporaryFolder();
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private static SSLContext tls;
    private World world;
    private Sender sender;

    @BeforeClass
    public static void aCertificate() throws Exception {
        Path store = KEYS.getRoot().toPath().resolve("keys.p12");
        Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", "a", "-keyalg", "EC",
            "-dname", "CN=test", "-ext", "san=dns:a.example,dns:b.example,dns:*.cdn.example", "-validity", "2", "-storetype", "PKCS12", "-keystore",
            store.toString(), "-storepass", new String(PASSWORD)).redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes());
        assertEquals(said, 0, keytool.waitFor());
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("a", keys.getCertificate("a"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        tls = SSLContext.getInstance("TLS");
        tls.init(own.getKeyManagers(), trust.getTrustManagers(), null);
    }

    @Before
    public void aWorld() {
        world = new World(folder.getRoot().toPath().resolve("egress"), tls.getSocketFactory());
        for (String name : List.of("a.example", "b.example", "x.cdn.example", "wrong.example")) {
            world.names.put(name, List.of(ADDRESS));
        }
        world.set(World.KEY, "a.example, b.example, *.cdn.example, wrong.example");
        sender = world.sender("llm.api");
    }

    /** A server for all names; what each path says. */
    private Scripted server(Map<String, String> answers) throws Exception {
        Scripted server = new Scripted(tls.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress()), (request, out) -> {
            String path = request.split(" ")[1];
            out.write(answers.getOrDefault(path, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").getBytes());
        });
        world.route = address -> {
            assertEquals("only what was checked is connected to", ADDRESS, address.getAddress().getHostAddress());
            assertEquals(443, address.getPort());
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
        };
        return server;
    }

    private static String to(int status, String location) {
        return "HTTP/1.1 " + status + " Elsewhere\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n";
    }

    @Test
    public void secretsStayWithTheirOrigin() throws Exception {
        try (Scripted server = server(Map.of("/1", to(307, "/2"), "/2", to(307, "https://x.cdn.example/3"), "/3", to(307, "https://a.example/4")));
                Response response = sender.send(World.post("https://a.example/1", "body"))) {
            assertEquals(200, response.status());
            assertEquals("https://a.example/4", response.uri().toString());
            assertEquals("ok", new String(response.body().readAllBytes()));
            assertEquals(4, server.requests.size());
            for (String request : server.requests) {
                boolean own = request.contains("Host: a.example\r\n");
                assertEquals(request, own, request.contains("sesame"));
                assertTrue(request, request.startsWith("POST ") && request.endsWith("body") && request.contains("Accept: */*"));
            }
            assertFalse(server.requests.get(2).contains("Host: a.example"));
            assertEquals(List.of("307", "307", "307", "200"), world.connections().stream().map(Connection::outcome).toList());
            assertEquals(List.of("a.example", "a.example", "x.cdn.example", "a.example"), world.connections().stream().map(Connection::host).toList());
            assertTrue(world.connections().stream().allMatch(connection -> ADDRESS.equals(connection.address())));
        }
    }

    @Test
    public void aPostBecomesAGetWhereItShould() throws Exception {
        for (Map.Entry<Integer, String> expected : Map.of(301, "GET", 302, "GET", 303, "GET", 307, "POST", 308, "POST").entrySet()) {
            try (Scripted server = server(Map.of("/1", to(expected.getKey(), "/2")));
                    Response response = sender.send(World.post("https://a.example/1", "body"))) {
                assertEquals(200, response.status());
                String second = server.requests.getLast();
                assertTrue(expected + ": " + second, second.startsWith(expected.getValue() + " /2 "));
                assertEquals(second, expected.getValue().equals("POST"), second.endsWith("body"));
            }
        }
    }

    @Test
    public void aRedirectIsCheckedAsIfItHadBeenAskedFor() throws Exception {
        world.names.put("inner.cdn.example", List.of("10.0.0.5"));
        for (String location : List.of("https://evil.example/", "http://a.example/2", "http://127.0.0.1/", "https://127.0.0.1/", "https://169.254.169.254/latest/meta-data",
            "https://[::ffff:169.254.169.254]/", "https://2130706433/", "https://a.example:8443/", "https://inner.cdn.example/", "file:///etc/passwd", "ftp://a.example/",
            "https://user@a.example/", "gopher://a.example", "https://x.cdn.example.evil.example/", "//evil.example/", "https://cdn.example/")) {
            try (Scripted server = server(Map.of("/1", to(302, location)))) {
                EgressException e = assertThrows(location, EgressException.class, () -> sender.send(World.get("https://a.example/1")));
                assertEquals(location + ": " + e.getMessage(), Code.REFUSED, e.code());
                assertEquals(location, 1, server.requests.size());
                assertTrue(world.connections().getLast().outcome(), world.connections().getLast().outcome().startsWith("refused: "));
            }
        }
    }

    @Test
    public void redirectsEnd() throws Exception {
        try (Scripted server = server(Map.of("/1", to(302, "/1")))) {
            assertEquals(Code.FAILED, assertThrows(EgressException.class, () -> sender.send(World.get("https://a.example/1"))).code());
            assertEquals("the first and ten redirects", 11, server.requests.size());
        }
        try (Scripted server = server(Map.of("/1", to(302, "http://[")))) {
            assertEquals(Code.FAILED, assertThrows(EgressException.class, () -> sender.send(World.get("https://a.example/1"))).code());
        }
    }

    /** It is asked once, and what was checked is what is connected to: the second answer comes too late to matter. */
    @Test
    public void aNameThatChangesItsAnswerGainsNothing() throws Exception {
        Map<String, Integer> count = new ConcurrentHashMap<>();
        Resolver changing = (name, within) -> List.of(InetAddress.ofLiteral(count.merge(name, 1, Integer::sum) == 1 ? ADDRESS : "127.0.0.1"));
        try (Scripted server = server(Map.of("/1", to(302, "/2")))) {
            Sender other = new Sender("llm.api", world.settings(), new Policy(changing), new Hop.Lines(tls::getSocketFactory, address -> {
                world.connected.add(address);
                return world.route.apply(address);
            }), world.log);
            other.send(World.get("https://a.example/3")).close();
            assertEquals(Map.of("a.example", 1), count);
            count.clear();
            EgressException e = assertThrows(EgressException.class, () -> other.send(World.get("https://a.example/1")));
            assertEquals("the redirect is checked anew", Code.REFUSED, e.code());
            assertTrue(e.getMessage(), e.getMessage().contains("127.0.0.1"));
            assertEquals(2, world.connected.size());
            assertEquals(2, server.requests.size());
        }
    }

    @Test
    public void aCertificateForAnotherNameIsNoGood() throws Exception {
        try (Scripted server = server(Map.of())) {
            EgressException e = assertThrows(EgressException.class, () -> sender.send(World.get("https://wrong.example/1")));
            assertEquals(Code.UNREACHABLE, e.code());
            assertTrue(server.requests.isEmpty());
        }
    }
}
