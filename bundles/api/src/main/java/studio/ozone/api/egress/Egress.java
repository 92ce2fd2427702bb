package studio.ozone.api.egress;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Opens every connection that leaves this instance, and no other than those that the configuration names. The service has bundle
 * scope: what it does is accounted to the bundle that got it. Thread-safe; an interrupt of the calling thread closes its connection.
 *
 * <p>Refused, after resolution and at every redirect: what the destination's key does not name; loopback, private, link-local and
 * other addresses that are not public, unless the key's value names this very address (or {@code localhost}) and port; the addresses
 * of clouds' metadata, always. The address that was checked is the one that is connected to.
 */
@ProviderType
public interface Egress {

    /** Service property of a capability: the configuration keys that name what it reaches out for, as a text or several. */
    String KEYS = "ozone.egress.keys";

    /** What a service with {@link #KEYS} may implement where its keys are not always reached out for. */
    interface Conditional {

        /** Whether what the key names would be reached out for as things are now; quick, opens nothing. */
        boolean reaches(String key);
    }

    /** What allows a connection. */
    sealed interface Destination { }

    /**
     * What a configuration key names: a URL allows its own origin (scheme, host and port); a list of hosts allows each of them by HTTPS on
     * port 443, and with {@code *.example.org} the hosts below it.
     *
     * @param key the full key, for instance {@code llm.local.server_url}
     */
    record Named(String key) implements Destination { }

    /**
     * A process that this instance has started itself, on 127.0.0.1.
     *
     * @param process it; alive
     * @param port where it listens
     */
    record Child(ProcessHandle process, int port) implements Destination { }

    /**
     * @param connect until the connection stands
     * @param silence the longest time without a byte
     * @param total from the first to the last byte
     * @param mostBytes of the body
     */
    record Limits(Duration connect, Duration silence, Duration total, long mostBytes) { }

    /**
     * @param method {@code GET}, {@code HEAD}, {@code POST}, {@code PUT} or {@code DELETE}
     * @param uri http or https; plain http only to loopback and private addresses
     * @param headers sent to every hop
     * @param secretHeaders keys and cookies: sent to the origin of {@code uri} alone, not to where it redirects; never kept or logged
     * @param body null for none
     * @param reason for the operator, in a few words: {@code chat}, {@code model pull}
     */
    record Request(Destination to, String method, URI uri, Map<String, String> headers, Map<String, String> secretHeaders, byte[] body,
            String reason, Limits limits) { }

    /** An answer whose body is still to be read. Closing it closes the connection where the body was not read to its end. */
    interface Response extends AutoCloseable {

        /** Where it came from, after redirects. */
        URI uri();

        int status();

        /** By lower-case name. */
        Map<String, List<String>> headers();

        /** The first value of a header; null where there is none. */
        default String header(String name) {
            List<String> values = headers().get(name.toLowerCase(Locale.ROOT));
            return values == null || values.isEmpty() ? null : values.getFirst();
        }

        /** The body; reading fails with an {@link IOException} whose cause is an {@link EgressException} where a limit is reached. */
        InputStream body();

        @Override
        void close();
    }

    /**
     * One connection, or one that was refused.
     *
     * @param capability who asked, as {@code capabilities} names it
     * @param host as it was asked for
     * @param address what it resolved to; null where it was not resolved
     * @param key the key that allowed it, or would have had to; null for a child
     * @param sent body bytes out
     * @param received body bytes in
     * @param outcome {@code open}, a status code, or why it was refused or failed
     */
    record Connection(long id, Instant at, String capability, String method, String host, int port, String address, String key, String reason,
            long sent, long received, String outcome) { }

    /**
     * What would be reached out for, if it were needed.
     *
     * @param key the configuration key that names it
     * @param hosts what it names; empty where it is not set
     * @param local whether all of them are this machine
     */
    record Reach(String capability, String key, List<String> hosts, boolean local) { }

    /** Sends, follows redirects that the destination allows (ten at most), and returns when the headers are there. */
    Response send(Request request) throws EgressException, InterruptedException;

    /** The connections kept, oldest first: those of the last days, the newest ten thousand at most. */
    List<Connection> connections();

    /** Tells of each connection when it ends or is refused, until closed. */
    AutoCloseable follow(Consumer<Connection> consumer);

    /** What the running capabilities would reach out for with the present configuration. Opens nothing. */
    List<Reach> reaches();
}
