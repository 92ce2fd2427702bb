package studio.ozone.egress;

import java.net.IDN;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

import studio.ozone.api.egress.EgressException;

/**
 * A host, whichever way it was written. An address that is written in decimal, octal, hexadecimal or short, in full-width digits, with a
 * zone, a trailing dot or percent signs, is still that address. Looks nothing up.
 *
 * @param text the one canonical spelling: a dotted quad, an IPv6 address in brackets, or an ASCII name in lower case
 * @param literal the address; null for a name
 */
record Host(String text, InetAddress literal) {

    static final String LOCALHOST = "localhost";

    private static final int LONGEST = 1000;
    private static final int LONGEST_NAME = 253;
    private static final Pattern LABEL = Pattern.compile("[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?");
    private static final Pattern NUMBER = Pattern.compile("\\d+|0x[0-9a-f]*");

    /** @throws EgressException REFUSED if it is no host, or one that can be read in two ways */
    static Host of(String spelling) throws EgressException {
        if (spelling == null || spelling.isEmpty() || spelling.length() > LONGEST) {
            throw refused(spelling, "is no host");
        }
        String text = decoded(spelling);
        boolean brackets = text.startsWith("[") && text.endsWith("]");
        if (brackets) {
            text = text.substring(1, text.length() - 1);
        }
        if (text.indexOf(':') >= 0) {
            return sixth(spelling, text);
        }
        if (brackets) {
            throw refused(spelling, "is no IPv6 address");
        }
        return named(spelling, text.endsWith(".") ? text.substring(0, text.length() - 1) : text);
    }

    /** Whether this is the address itself or {@code localhost}, and not a name that somebody else answers for. */
    boolean exact() {
        return literal != null || text.equals(LOCALHOST);
    }

    /** Without percent signs, full-width letters and dots of other scripts; in lower case. */
    private static String decoded(String spelling) throws EgressException {
        String text = spelling;
        try {
            if (text.indexOf('%') >= 0 && !text.matches("\\[?[0-9a-fA-F:.]*:[0-9a-fA-F:.]*%(?!25).*")) {
                text = URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
            }
            text = Normalizer.normalize(text, Normalizer.Form.NFKC).replace('\u3002', '.').replace('\uFF61', '.').toLowerCase(Locale.ROOT);
            if (!text.chars().allMatch(c -> c > ' ' && c < 127)) {
                text = IDN.toASCII(text, IDN.USE_STD3_ASCII_RULES).toLowerCase(Locale.ROOT);
            }
            return text;
        } catch (IllegalArgumentException e) {
            throw new EgressException(EgressException.Code.REFUSED, shown(spelling) + " is no host", e);
        }
    }

    private static Host sixth(String spelling, String text) throws EgressException {
        int zone = text.indexOf('%');
        String address = zone < 0 ? text : text.substring(0, zone);
        try {
            // Only the address counts: a zone names an interface of this machine.
            return of(InetAddress.getByAddress(Inet6Address.ofLiteral(address).getAddress()));
        } catch (IllegalArgumentException | UnknownHostException e) {
            throw new EgressException(EgressException.Code.REFUSED, shown(spelling) + " is no IPv6 address", e);
        }
    }

    static Host of(InetAddress address) {
        return new Host(address instanceof Inet6Address ? "[" + address.getHostAddress() + "]" : address.getHostAddress(), address);
    }

    private static Host named(String spelling, String text) throws EgressException {
        String[] labels = text.split("\\.", -1);
        if (NUMBER.matcher(labels[labels.length - 1]).matches()) {
            return of(fourth(spelling, labels));
        }
        for (String label : labels) {
            if (!LABEL.matcher(label).matches()) {
                throw refused(spelling, "is no host");
            }
        }
        if (text.length() > LONGEST_NAME) {
            throw refused(spelling, "is too long for a host");
        }
        return new Host(text, null);
    }

    /** One to four numbers, the last of which fills what the others leave, as the C library reads them. */
    private static InetAddress fourth(String spelling, String[] parts) throws EgressException {
        if (parts.length > 4) {
            throw refused(spelling, "is no IPv4 address");
        }
        long address = 0;
        for (int i = 0; i < parts.length; i++) {
            boolean last = i == parts.length - 1;
            long most = last ? (1L << 8 * (5 - parts.length)) - 1 : 255;
            long number = number(spelling, parts[i]);
            if (number > most) {
                throw refused(spelling, "is no IPv4 address");
            }
            address |= last ? number : number << 8 * (3 - i);
        }
        try {
            return InetAddress.getByAddress(new byte[] {(byte) (address >> 24), (byte) (address >> 16), (byte) (address >> 8), (byte) address});
        } catch (UnknownHostException e) {
            throw new IllegalStateException("Four bytes are an address", e);
        }
    }

    private static long number(String spelling, String part) throws EgressException {
        boolean hex = part.startsWith("0x");
        if (!NUMBER.matcher(part).matches() || part.length() > 14) {
            throw refused(spelling, "is no IPv4 address");
        }
        if (!hex && part.length() > 1 && part.startsWith("0")) {
            throw refused(spelling, "can be read as octal and as decimal");
        }
        return hex ? part.length() == 2 ? 0 : Long.parseLong(part.substring(2), 16) : Long.parseLong(part);
    }

    private static EgressException refused(String spelling, String why) {
        return new EgressException(EgressException.Code.REFUSED, shown(spelling) + " " + why);
    }

    /** Short, and without what could be a user's name or password. */
    private static String shown(String spelling) {
        String text = spelling == null ? "" : spelling.substring(spelling.lastIndexOf('@') + 1);
        return "'" + (text.length() > 60 ? text.substring(0, 60) + "…" : text) + "'";
    }
}
