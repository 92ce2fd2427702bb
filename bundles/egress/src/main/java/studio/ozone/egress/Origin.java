package studio.ozone.egress;

import java.net.URI;
import java.util.Locale;

import studio.ozone.api.egress.EgressException;

/**
 * Scheme, host and port of a URL.
 *
 * @param scheme {@code http} or {@code https}
 */
record Origin(String scheme, Host host, int port) {

    static final String HTTPS = "https";
    static final int HTTPS_PORT = 443;
    private static final int HTTP_PORT = 80;
    private static final int LAST_PORT = 65535;

    /** @throws EgressException REFUSED if it is not http or https, has a user's name in it, or no host or port that can be */
    static Origin of(URI uri) throws EgressException {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals(HTTPS)) {
            throw refused("'" + scheme + "' is no scheme that is spoken: http and https are");
        }
        String authority = uri.getRawAuthority();
        if (authority == null || authority.isEmpty()) {
            throw refused("A URL without a host");
        }
        if (authority.indexOf('@') >= 0 || authority.toLowerCase(Locale.ROOT).contains("%40")) {
            throw refused("A URL with a user's name or password in it");
        }
        int colon = authority.lastIndexOf(':');
        boolean ported = colon > authority.lastIndexOf(']');
        Host host = Host.of(ported ? authority.substring(0, colon) : authority);
        String port = ported ? authority.substring(colon + 1) : "";
        return new Origin(scheme, host, port.isEmpty() ? scheme.equals(HTTPS) ? HTTPS_PORT : HTTP_PORT : port(port));
    }

    private static int port(String text) throws EgressException {
        int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
        if (port < 1 || port > LAST_PORT) {
            throw refused("A URL whose port is not 1 to " + LAST_PORT);
        }
        return port;
    }

    boolean secure() {
        return scheme.equals(HTTPS);
    }

    /** Host and port, for people. */
    String place() {
        return host.text() + ":" + port;
    }

    private static EgressException refused(String why) {
        return new EgressException(EgressException.Code.REFUSED, why);
    }
}
