package studio.ozone.egress;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.egress.Egress.Child;
import studio.ozone.api.egress.EgressException;
import studio.ozone.api.egress.EgressException.Code;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** Which hosts and addresses are let through, in every spelling. Nothing is looked up or opened. */
public class PolicyTest {

    private static final Duration WITHIN = Duration.ofSeconds(5);
    private static final List<String> FOURTH = List.of("127.0.0.1", "127.255.0.9", "10.1.2.3", "172.16.0.1", "172.31.255.254", "192.168.1.1", "100.64.0.1",
        "169.254.1.1", "169.254.169.254", "100.100.100.200", "168.63.129.16", "0.0.0.0", "255.255.255.255", "224.0.0.1", "240.0.0.1", "198.18.0.1", "192.0.2.7",
        "203.0.113.9");
    private static final List<String> SIXTH = List.of("::1", "::", "fc00::1", "fd00:ec2::254", "fd12:3456::1", "fe80::1", "febf::1", "ff02::1", "2001:db8::1",
        "3fff::1", "fec0::1", "100::1", "2001::1", "64:ff9b:1::1", "4000::1");

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    /** At least 300 spellings of addresses that are not public. */
    private static Set<String> spellings() {
        Set<String> all = new LinkedHashSet<>();
        for (String quad : FOURTH) {
            byte[] b = InetAddress.ofLiteral(quad).getAddress();
            int[] n = {b[0] & 255, b[1] & 255, b[2] & 255, b[3] & 255};
            long whole = new BigInteger(1, b).longValue();
            all.addAll(List.of(quad, quad + ".", Long.toString(whole), String.format("0x%x", whole), String.format("0X%08X", whole), String.format("0%o", whole),
                String.format("%d.%d", n[0], whole & 0xFFFFFF), String.format("%d.%d.%d", n[0], n[1], whole & 0xFFFF),
                String.format("0x%x.0x%x.0x%x.0x%x", n[0], n[1], n[2], n[3]), String.format("%#o.%#o.%#o.%#o", n[0], n[1], n[2], n[3]),
                String.format("%04o.%d.%d.%d", n[0], n[1], n[2], n[3]), String.format("0x%x.%d", n[0], whole & 0xFFFFFF),
                String.format("%03d.%03d.%03d.%03d", n[0], n[1], n[2], n[3]), fullWidth(quad), quad.replace('.', '\u3002'), quad.replace('.', '\uFF0E'),
                quad.replace('.', '\uFF61'), percent(quad), quad.replace(".", "%2e"), circled(quad), "[::ffff:" + quad + "]", "[::" + quad + "]",
                String.format("[::ffff:%02x%02x:%02x%02x]", n[0], n[1], n[2], n[3]), "[64:ff9b::" + quad + "]",
                String.format("[2002:%02x%02x:%02x%02x::1]", n[0], n[1], n[2], n[3]), String.format("[fe80::5efe:%02x%02x:%02x%02x]", n[0], n[1], n[2], n[3]),
                String.format("[2001:470::200:5efe:%02x%02x:%02x%02x]", n[0], n[1], n[2], n[3]), "[::FFFF:" + quad + "%25eth0]"));
        }
        for (String address : SIXTH) {
            String whole = InetAddress.ofLiteral(address).getHostAddress();
            all.addAll(List.of("[" + address + "]", "[" + whole + "]", "[" + address.toUpperCase() + "]", "[" + address + "%25lo]", "[" + address + "%lo]",
                "[" + fullWidth(address) + "]", address));
        }
        return all;
    }

    private static String fullWidth(String text) {
        StringBuilder wide = new StringBuilder();
        text.chars().forEach(c -> wide.append((char) (c - '!' + '\uFF01')));
        return wide.toString();
    }

    /** ① and its kind. */
    private static String circled(String text) {
        StringBuilder circled = new StringBuilder();
        text.chars().forEach(c -> circled.append(c == '0' ? '\u24EA' : c >= '1' && c <= '9' ? (char) (c - '1' + '\u2460') : (char) c));
        return circled.toString();
    }

    private static String percent(String text) {
        StringBuilder escaped = new StringBuilder();
        text.chars().forEach(c -> escaped.append(String.format("%%%02x", c)));
        return escaped.toString();
    }

    @Test
    public void everySpellingIsSeenThrough() {
        Set<String> all = spellings();
        assertTrue(all.size() + " spellings", all.size() >= 300);
        int understood = 0;
        for (String spelling : all) {
            try {
                Host host = Host.of(spelling);
                assertNotNull(spelling + " is an address, not the name " + host.text(), host.literal());
                assertNotEquals(spelling + " -> " + host.text(), Kind.PUBLIC, Kind.of(host.literal()));
                understood++;
            } catch (EgressException e) {
                assertEquals(spelling, Code.REFUSED, e.code());
            }
        }
        assertTrue(understood + " of " + all.size() + " were understood", understood > 300);
    }

    /** A key that allows all hosts of a domain and one server does not allow any of them, as an URL or as an item of the key. */
    @Test
    public void noSpellingIsLetThrough() throws Exception {
        Policy policy = new World(folder.getRoot().toPath()).policy();
        Allowed allowed = Allowed.of("k", List.of("*.example.org", "example.org", "http://127.0.0.1:8080", "https://[fd00:ec2::254]", "169.254.169.254"));
        for (String spelling : spellings()) {
            for (String url : List.of("https://" + spelling + "/", "http://" + spelling + ":8081/x", "https://example.org@" + spelling + "/",
                "https://example.org%40" + spelling + "/", "https://" + spelling + ":443")) {
                URI uri;
                try {
                    uri = new URI(url);
                } catch (URISyntaxException e) {
                    continue;
                }
                EgressException e = assertThrows(url, EgressException.class, () -> policy.check(Origin.of(uri), allowed, WITHIN));
                assertEquals(url, Code.REFUSED, e.code());
            }
        }
    }

    /** Who means an address writes it plainly: another spelling in a key is no permission. */
    @Test
    public void aKeyNamesAnAddressOnlyAsItIs() throws Exception {
        Policy policy = new World(folder.getRoot().toPath()).policy();
        List<String> through = new ArrayList<>();
        for (String spelling : spellings()) {
            try {
                Allowed allowed = Allowed.of("k", List.of("https://" + spelling));
                Origin origin = Origin.of(URI.create("https://" + spelling));
                policy.check(origin, allowed, WITHIN);
                through.add(spelling);
                assertTrue(spelling, Kind.of(origin.host().literal()).local());
            } catch (EgressException | IllegalArgumentException e) {
                continue;
            }
        }
        assertTrue(through.toString(), through.containsAll(List.of("127.0.0.1", "192.168.1.1", "[::1]", "[fc00::1]")));
        through.removeIf(spelling -> spelling.startsWith("["));
        assertEquals("only plain ones: " + through, List.of("127.0.0.1", "127.255.0.9", "10.1.2.3", "172.16.0.1", "172.31.255.254", "192.168.1.1", "100.64.0.1",
            "169.254.1.1"), through);
    }

    @Test
    public void publicAddressesArePublic() throws Exception {
        for (String address : List.of("8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.0", "100.63.255.255", "100.128.0.0", "169.253.0.1", "126.255.255.255",
            "128.0.0.1", "223.255.255.255", "192.0.1.0", "[2606:4700::1111]", "[2a00:1450::1]", "[64:ff9b::808:808]", "[2002:808:808::1]")) {
            assertEquals(address, Kind.PUBLIC, Kind.of(Host.of(address).literal()));
        }
    }

    @Test
    public void whatIsNoHostIsRefused() {
        for (String text : List.of("", " ", ".", "a..b", "-a.example", "a-.example", "a b", "a/b", "a\\b", "a\u0000b", "a\nb", "1.2.3.4.5", "256.1.1.1", "1.2.3.256",
            "0x1ffffffff", "4294967296", "[1.2.3.4]", "[::1", "::1]", "[]", "[::g]", "[1:2:3]", "a@b", "example.org:443", "a".repeat(64) + ".org", "a.".repeat(130) + "org",
            "%00", "%", "%zz", "127.0.0.1%00.example.org", "127.0.0.1%2fexample.org", "010.0.0.1", "08.1.1.1", "x".repeat(2000))) {
            assertEquals(text, Code.REFUSED, assertThrows(text, EgressException.class, () -> Host.of(text)).code());
        }
    }

    @Test
    public void namesAreReadAsOne() throws Exception {
        assertEquals("api.example.org", Host.of("API.Example.ORG.").text());
        assertEquals("api.example.org", Host.of("\uFF41pi\u3002example\uFF0Eorg").text());
        assertEquals("xn--bcher-kva.example", Host.of("b\u00fccher.example").text());
        assertEquals("api.example.org", Host.of("%61pi.example.org").text());
    }

    @Test
    public void aKeyNamesItsOriginAlone() throws Exception {
        World world = new World(folder.getRoot().toPath());
        world.names.put("api.example.org", List.of("8.8.8.8"));
        Allowed allowed = Allowed.of("llm.api.base_url", "https://api.example.org:8443/v1");
        assertEquals(List.of(InetAddress.ofLiteral("8.8.8.8")), world.policy().check(origin("https://API.example.org.:8443/other"), allowed, WITHIN));
        for (String other : List.of("https://api.example.org", "http://api.example.org:8443", "https://example.org:8443", "https://api.example.org.evil.net:8443",
            "https://x.api.example.org:8443", "ftp://api.example.org:8443", "file:///etc/passwd", "https://u:p@api.example.org:8443")) {
            EgressException e = assertThrows(other, EgressException.class, () -> world.policy().check(origin(other), allowed, WITHIN));
            assertEquals(other, Code.REFUSED, e.code());
        }
        assertEquals("nothing else was asked for", List.of("api.example.org"), world.asked);
    }

    @Test
    public void aListNamesHostsByHttpsOnly() throws Exception {
        World world = new World(folder.getRoot().toPath());
        for (String name : List.of("hub.example", "a.cdn.example", "b.a.cdn.example", "cdn.example", "evilcdn.example")) {
            world.names.put(name, List.of("9.9.9.9"));
        }
        for (Object value : List.of("hub.example, *.cdn.example", List.of("hub.example", "*.cdn.example"))) {
            Allowed allowed = Allowed.of("llm.local.model_hosts", value);
            for (String yes : List.of("https://hub.example/x", "https://hub.example:443", "https://a.cdn.example", "https://b.a.cdn.example")) {
                assertEquals(1, world.policy().check(origin(yes), allowed, WITHIN).size());
            }
            for (String no : List.of("http://hub.example", "https://hub.example:8443", "https://cdn.example", "https://evilcdn.example", "https://x.hub.example")) {
                assertThrows(no, EgressException.class, () -> world.policy().check(origin(no), allowed, WITHIN));
            }
            assertEquals(List.of("hub.example", "*.cdn.example"), allowed.hosts());
        }
        for (String bad : List.of("*", "*.", "*.com", "*.127.0.0.1", "http://", "a b@c", "ftp://x", "hub.example:8443", "*.*.example.org")) {
            EgressException e = assertThrows(bad, EgressException.class, () -> Allowed.of("the.key", bad));
            assertTrue(e.getMessage(), e.getMessage().contains("config --set the.key="));
        }
    }

    @Test
    public void aKeyThatIsNotSetSaysHowToSetIt() {
        for (Object empty : new Object[] {null, "", "  ", List.of()}) {
            EgressException e = assertThrows(EgressException.class, () -> Allowed.of("llm.local.server_url", empty));
            assertTrue(e.getMessage(), e.getMessage().contains("./ozone-core config --set llm.local.server_url="));
        }
    }

    /** Every address of a name must be one that is allowed. */
    @Test
    public void aNameThatStandsForAPrivateAddressIsRefused() throws Exception {
        World world = new World(folder.getRoot().toPath());
        Allowed allowed = Allowed.of("k", "https://api.example.org");
        for (String address : List.of("127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00:ec2::254", "64:ff9b::a9fe:a9fe", "0.0.0.0")) {
            world.names.put("api.example.org", List.of("8.8.8.8", address));
            EgressException e = assertThrows(EgressException.class, () -> world.policy().check(origin("https://api.example.org"), allowed, WITHIN));
            assertEquals(Code.REFUSED, e.code());
        }
    }

    @Test
    public void plainHttpStaysInTheHouse() throws Exception {
        World world = new World(folder.getRoot().toPath());
        for (String url : List.of("http://127.0.0.1:11434", "http://localhost:11434", "http://192.168.1.5:8080", "http://[::1]:8080", "http://[fd12::5]:8080")) {
            assertTrue(url, !world.policy().check(origin(url), Allowed.of("k", url), WITHIN).isEmpty());
        }
        for (String url : List.of("http://api.example.org", "http://8.8.8.8", "http://[2606:4700::1111]", "http://host.localhost", "http://169.254.169.254",
            "https://169.254.169.254", "https://[fd00:ec2::254]", "https://0.0.0.0", "https://255.255.255.255", "https://224.0.0.1", "https://100.100.100.200")) {
            EgressException e = assertThrows(url, EgressException.class, () -> world.policy().check(origin(url), Allowed.of("k", url), WITHIN));
            assertEquals(url, Code.REFUSED, e.code());
        }
        assertTrue("nothing was asked for: " + world.asked, world.asked.isEmpty());
    }

    @Test
    public void aChildIsReachedOnItsPortWhileItLives() throws Exception {
        Policy policy = new World(folder.getRoot().toPath()).policy();
        Process process = new ProcessBuilder("sleep", "60").start();
        Child child = new Child(process.toHandle(), 4711);
        assertEquals(List.of(InetAddress.ofLiteral("127.0.0.1")), policy.check(origin("http://127.0.0.1:4711/health"), child));
        for (String other : List.of("http://127.0.0.1:4712", "http://127.0.0.2:4711", "http://[::1]:4711", "http://example.org:4711", "http://10.0.0.1:4711")) {
            assertThrows(other, EgressException.class, () -> policy.check(origin(other), child));
        }
        process.destroyForcibly().waitFor();
        EgressException ended = assertThrows(EgressException.class, () -> policy.check(origin("http://127.0.0.1:4711"), child));
        assertTrue(ended.getMessage(), ended.getMessage().contains("has ended"));
        ProcessHandle parent = ProcessHandle.current().parent().orElseThrow();
        for (ProcessHandle stranger : List.of(parent, ProcessHandle.current())) {
            EgressException e = assertThrows(EgressException.class, () -> policy.check(origin("http://127.0.0.1:4711"), new Child(stranger, 4711)));
            assertTrue(e.getMessage(), e.getMessage().contains("was not started here"));
        }
    }

    private static Origin origin(String url) throws EgressException {
        return Origin.of(URI.create(url));
    }
}
