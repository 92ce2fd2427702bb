package studio.ozone.egress;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import studio.ozone.api.egress.EgressException;

/**
 * What the value of a configuration key names.
 *
 * @param origins exactly these
 * @param below names of hosts; those below each are allowed by HTTPS on port 443, the name itself is not
 */
record Allowed(String key, List<Origin> origins, List<String> below) {

    /**
     * @param value a text, a list of texts, or null
     * @throws EgressException REFUSED if nothing is set, or something in it is neither a URL nor a host; the message has the remedy
     */
    static Allowed of(String key, Object value) throws EgressException {
        List<String> items = new ArrayList<>();
        if (value instanceof List<?> list) {
            list.forEach(item -> items.add(String.valueOf(item).strip()));
        } else if (value != null) {
            items.addAll(List.of(value.toString().strip().split("[,\\s]+")));
        }
        items.removeIf(String::isEmpty);
        if (items.isEmpty()) {
            throw new EgressException(EgressException.Code.REFUSED, key + " is not set, so that nothing is allowed to be reached by it."
                + " To allow it: ./ozone-core config --set " + key + "=<a URL, or hosts>");
        }
        Allowed allowed = new Allowed(key, new ArrayList<>(), new ArrayList<>());
        for (String item : items) {
            try {
                allowed.add(item);
            } catch (EgressException | IllegalArgumentException e) {
                throw new EgressException(EgressException.Code.REFUSED, key + " holds something that is neither a URL nor a host"
                    + (e instanceof EgressException ? " (" + e.getMessage() + ")" : "") + ". To correct it: ./ozone-core config --set " + key
                    + "=<a URL, or hosts>", e);
            }
        }
        return allowed;
    }

    private void add(String item) throws EgressException {
        if (item.contains("://")) {
            URI uri = URI.create(item);
            Origin origin = Origin.of(uri);
            origins.add(plain(origin.host(), uri.getRawAuthority()) ? origin : refuse(origin.host()));
        } else if (item.startsWith("*.")) {
            Host host = Host.of(item.substring(2));
            if (host.literal() != null || host.text().indexOf('.') < 0) {
                throw new EgressException(EgressException.Code.REFUSED, "'*." + host.text() + "' would allow too much");
            }
            below.add(host.text());
        } else {
            Host host = Host.of(item);
            origins.add(plain(host, item) ? new Origin(Origin.HTTPS, host, Origin.HTTPS_PORT) : refuse(host));
        }
    }

    /** An address in disguise names nothing: who means it writes it plainly. */
    private static boolean plain(Host host, String written) {
        String text = written.toLowerCase(Locale.ROOT);
        return host.literal() == null || text.equals(host.text()) || text.startsWith(host.text() + ":")
            || written.indexOf(':') >= 0 && host.text().startsWith("[") && !written.contains("%");
    }

    private static Origin refuse(Host host) throws EgressException {
        throw new EgressException(EgressException.Code.REFUSED, "an address that is not written as " + host.text());
    }

    boolean names(Origin origin) {
        return origins.contains(origin) || origin.secure() && origin.port() == Origin.HTTPS_PORT && origin.host().literal() == null
            && below.stream().anyMatch(name -> origin.host().text().endsWith("." + name));
    }

    /** For people: {@code api.example.org}, {@code 127.0.0.1:8080}, {@code *.example.org}. */
    List<String> hosts() {
        List<String> hosts = new ArrayList<>();
        origins.forEach(origin -> hosts.add(origin.secure() && origin.port() == Origin.HTTPS_PORT ? origin.host().text() : origin.place()));
        below.forEach(name -> hosts.add("*." + name));
        return hosts;
    }

    /** Whether all of it is this machine. */
    boolean local() {
        return below.isEmpty() && origins.stream().map(Origin::host)
            .allMatch(host -> host.literal() == null ? host.text().equals(Host.LOCALHOST) : Kind.of(host.literal()) == Kind.LOOPBACK);
    }
}
