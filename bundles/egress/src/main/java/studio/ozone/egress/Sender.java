package studio.ozone.egress;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;

import studio.ozone.api.config.Settings;
import studio.ozone.api.config.SettingsException;
import studio.ozone.api.egress.Egress.Child;
import studio.ozone.api.egress.Egress.Destination;
import studio.ozone.api.egress.Egress.Named;
import studio.ozone.api.egress.Egress.Request;
import studio.ozone.api.egress.Egress.Response;
import studio.ozone.api.egress.EgressException;
import studio.ozone.api.egress.EgressException.Code;
import studio.ozone.egress.ConnectionLog.End;

/** Sends the requests of one capability, and follows redirects by hand: each is checked as if it had been asked for. */
final class Sender {

    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "DELETE");
    private static final int MOST_REDIRECTS = 10;
    private static final int LONGEST_REASON = 100;

    private final String capability;
    private final Settings settings;
    private final Policy policy;
    private final Hop.Lines lines;
    private final ConnectionLog log;
    private final Map<Hop, Attempt> open = new ConcurrentHashMap<>();
    private volatile boolean closed;

    Sender(String capability, Settings settings, Policy policy, Hop.Lines lines, ConnectionLog log) {
        this.capability = capability;
        this.settings = settings;
        this.policy = policy;
        this.lines = lines;
        this.log = log;
    }

    /** Closes what is open; nothing is sent any more. */
    void close() {
        closed = true;
        open.forEach((hop, attempt) -> end(hop, attempt, End.FAILED, "closed: its capability or egress was stopped"));
    }

    Response send(Request request) throws EgressException, InterruptedException {
        if (!METHODS.contains(request.method())) {
            throw new IllegalArgumentException("method: " + request.method() + " is none of " + METHODS);
        }
        Deadline total = Deadline.in(request.limits().total(), request.limits().silence(), request.limits().total().toMillis() + " ms");
        Origin first = null;
        Origin from = null;
        URI uri = request.uri();
        String method = request.method();
        byte[] body = request.body();
        for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
            Attempt attempt = begin(request, method, uri);
            boolean kept = false;
            Hop hop = null;
            try {
                Origin origin = Origin.of(uri);
                first = first == null ? origin : first;
                if (from != null && from.secure() && !origin.secure()) {
                    throw new EgressException(Code.REFUSED, from.place() + " redirects from https to http, which is not followed");
                }
                from = origin;
                hop = new Hop(origin, request.limits(), total, attempt);
                ClassicHttpResponse response = exchange(hop, attempt, origin, request, total, method, uri, headers(request, origin.equals(first)), body);
                Header location = redirects(response.getCode()) ? response.getFirstHeader("location") : null;
                if (location == null) {
                    Hop last = hop;
                    kept = true;
                    return new OpenResponse(uri, response, hop, attempt, request.limits().mostBytes(), (end, outcome) -> end(last, attempt, end, outcome));
                }
                end(hop, attempt, End.ANSWERED, Integer.toString(response.getCode()));
                uri = target(uri, location.getValue(), origin);
                if (response.getCode() == 303 && !method.equals("HEAD") || response.getCode() < 303 && method.equals("POST")) {
                    method = "GET";
                    body = null;
                }
            } catch (EgressException e) {
                end(hop, attempt, e.code() == Code.REFUSED ? End.REFUSED : End.FAILED, outcome(e));
                throw e;
            } catch (InterruptedException e) {
                end(hop, attempt, End.FAILED, "interrupted");
                throw e;
            } catch (IOException e) {
                end(hop, attempt, End.FAILED, "failed: " + e.getClass().getSimpleName());
                throw new EgressException(Code.FAILED, "The answer of " + attempt.now().host() + " cannot be read", e);
            } finally {
                // Nothing is left where something else was thrown; else it has ended, and this does nothing.
                if (!kept) {
                    end(hop, attempt, End.FAILED, "failed");
                }
            }
        }
        throw new EgressException(Code.FAILED, first.place() + " redirects more than " + MOST_REDIRECTS + " times");
    }

    private ClassicHttpResponse exchange(Hop hop, Attempt attempt, Origin origin, Request request, Deadline total, String method, URI uri, Map<String, String> headers,
            byte[] body) throws EgressException, InterruptedException {
        open.put(hop, attempt);
        if (closed) {
            throw new EgressException(Code.REFUSED, "The way out is closed: egress or " + capability + " is being stopped");
        }
        Duration connect = request.limits().connect();
        Deadline deadline = Deadline.in(connect, connect, connect.toMillis() + " ms").atMost(total);
        List<InetAddress> addresses = allowed(origin, request.to(), deadline);
        return hop.send(addresses, deadline, lines, method, path(uri), headers, body);
    }

    private List<InetAddress> allowed(Origin origin, Destination to, Deadline deadline) throws EgressException, InterruptedException {
        return switch (to) {
            case Child child -> policy.check(origin, child);
            case Named named -> policy.check(origin, Allowed.of(named.key(), value(named.key())), deadline.left());
        };
    }

    private Object value(String key) throws EgressException {
        try {
            return settings.get(key).value();
        } catch (SettingsException e) {
            throw new EgressException(Code.REFUSED, "Nothing is allowed to be reached by " + key + ": " + e.getMessage(), e);
        }
    }

    private Attempt begin(Request request, String method, URI uri) {
        String host = uri.getHost() != null ? uri.getHost() : uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
        host = host.substring(host.lastIndexOf('@') + 1);
        String key = request.to() instanceof Named named ? named.key() : null;
        boolean secure = "https".equalsIgnoreCase(uri.getScheme());
        int port = uri.getPort() > 0 ? uri.getPort() : secure ? Origin.HTTPS_PORT : 80;
        return log.begin(capability, method, cut(host, 253), port, key, cut(request.reason() == null ? "" : request.reason(), LONGEST_REASON));
    }

    private void end(Hop hop, Attempt attempt, End end, String outcome) {
        // First, since closing lets a thread that reads find another reason.
        log.end(attempt, end, outcome);
        if (hop != null) {
            open.remove(hop);
            hop.close();
        }
    }

    private static Map<String, String> headers(Request request, boolean own) {
        Map<String, String> headers = new HashMap<>(request.headers());
        if (own) {
            headers.putAll(request.secretHeaders());
        }
        return headers;
    }

    private static boolean redirects(int status) {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }

    private static URI target(URI from, String location, Origin origin) throws EgressException {
        try {
            URI to = from.resolve(new URI(location));
            return new URI(to.toASCIIString().replaceFirst("#.*", ""));
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new EgressException(Code.FAILED, origin.place() + " redirects to something that is no URL", e);
        }
    }

    private static String path(URI uri) {
        URI ascii = URI.create(uri.toASCIIString());
        String path = ascii.getRawPath() == null || ascii.getRawPath().isEmpty() ? "/" : ascii.getRawPath();
        return ascii.getRawQuery() == null ? path : path + "?" + ascii.getRawQuery();
    }

    /** For the operator, on one line. */
    static String outcome(EgressException e) {
        return e.code().name().toLowerCase(Locale.ROOT) + ": " + cut(e.getMessage(), 200);
    }

    private static String cut(String text, int most) {
        return text.length() > most ? text.substring(0, most) + "…" : text;
    }
}
