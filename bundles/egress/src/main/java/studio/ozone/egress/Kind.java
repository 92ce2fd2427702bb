package studio.ozone.egress;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * What an address is for (IANA's special-purpose registries for IPv4 and IPv6, RFC 6890). An IPv6 address that carries an IPv4 one (mapped,
 * compatible, 6to4, NAT64, ISATAP) is what that one is.
 */
enum Kind {

    PUBLIC("public"), LOOPBACK("a loopback address"), PRIVATE("a private address"), LINK_LOCAL("a link-local address"),
    MULTICAST("a multicast address"), UNSPECIFIED("the unspecified address"), BROADCAST("the broadcast address"),
    RESERVED("a reserved address"), METADATA("the address of a cloud's metadata");

    private record Block(Kind kind, byte[] prefix, int bits) {

        static Block of(Kind kind, String cidr) {
            int slash = cidr.indexOf('/');
            return new Block(kind, InetAddress.ofLiteral(cidr.substring(0, slash)).getAddress(), Integer.parseInt(cidr.substring(slash + 1)));
        }

        boolean holds(byte[] address) {
            if (address.length != prefix.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit += 8) {
                int mask = bits - bit >= 8 ? 0xFF : 0xFF << 8 - (bits - bit) & 0xFF;
                if (((address[bit / 8] ^ prefix[bit / 8]) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    /** The first that holds an address says what it is. AWS, Azure, Google and Oracle, Alibaba; then the registries. */
    private static final List<Block> BLOCKS = blocks(
        METADATA, "169.254.169.254/32", "169.254.170.2/32", "169.254.170.23/32", "100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32",
        "fd00:ec2::254/128", "fd00:ec2::23/128", "fd20:ce::254/128", "fe80::a9fe:a9fe/128",
        UNSPECIFIED, "0.0.0.0/32", "::/128",
        LOOPBACK, "127.0.0.0/8", "::1/128",
        PRIVATE, "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7", "fec0::/10",
        LINK_LOCAL, "169.254.0.0/16", "fe80::/10",
        MULTICAST, "224.0.0.0/4", "ff00::/8",
        BROADCAST, "255.255.255.255/32",
        RESERVED, "0.0.0.0/8", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "240.0.0.0/4", "2001::/23", "2001:db8::/32", "3fff::/20", "100::/64", "64:ff9b:1::/48", "5f00::/16");

    /** Where IPv6 is handed out at all; what lies outside is not for anybody yet. */
    private static final Block UNICAST = Block.of(PUBLIC, "2000::/3");
    private static final Block COMPATIBLE = Block.of(PUBLIC, "::/96");
    private static final Block TRANSLATED = Block.of(PUBLIC, "64:ff9b::/96");
    private static final Block SIX_TO_FOUR = Block.of(PUBLIC, "2002::/16");
    private static final byte[] ISATAP = {0x5e, (byte) 0xfe};

    private final String words;

    Kind(String words) {
        this.words = words;
    }

    /** For a message, with its article. */
    String words() {
        return words;
    }

    /** Whether the exact address may be allowed by a key that names it. */
    boolean local() {
        return this == LOOPBACK || this == PRIVATE || this == LINK_LOCAL;
    }

    static Kind of(InetAddress address) {
        byte[] bytes = address.getAddress();
        for (Block block : BLOCKS) {
            if (block.holds(bytes)) {
                return block.kind;
            }
        }
        if (address instanceof Inet4Address) {
            return PUBLIC;
        }
        // RFC 5214: the middle of an ISATAP address is 0000:5efe or 0200:5efe.
        boolean isatap = bytes[9] == 0 && (bytes[8] & ~2) == 0 && bytes[10] == ISATAP[0] && bytes[11] == ISATAP[1];
        if (COMPATIBLE.holds(bytes) || TRANSLATED.holds(bytes) || isatap) {
            Kind inner = carried(bytes, 12);
            return COMPATIBLE.holds(bytes) && inner == PUBLIC ? RESERVED : inner;
        }
        return SIX_TO_FOUR.holds(bytes) ? carried(bytes, 2) : UNICAST.holds(bytes) ? PUBLIC : RESERVED;
    }

    private static Kind carried(byte[] bytes, int at) {
        try {
            return of(InetAddress.getByAddress(Arrays.copyOfRange(bytes, at, at + 4)));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("Four bytes are an address", e);
        }
    }

    private static List<Block> blocks(Object... table) {
        Block[] blocks = new Block[table.length];
        int count = 0;
        Kind kind = null;
        for (Object entry : table) {
            if (entry instanceof Kind next) {
                kind = next;
            } else {
                blocks[count++] = Block.of(kind, (String) entry);
            }
        }
        return List.of(Arrays.copyOf(blocks, count));
    }
}
