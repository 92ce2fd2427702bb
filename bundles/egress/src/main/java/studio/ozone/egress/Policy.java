package studio.ozone.egress;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;

import studio.ozone.api.egress.Egress.Child;
import studio.ozone.api.egress.EgressException;

/** Decides where a request may go, and to which addresses: those that were checked, and no others. */
record Policy(Resolver resolver) {

    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final List<InetAddress> LOCALHOST = List.of(LOOPBACK, InetAddress.ofLiteral("::1"));

    /**
     * The addresses of an origin, all of them checked.
     *
     * @throws EgressException REFUSED, UNREACHABLE if the name has no address, TIMEOUT
     */
    List<InetAddress> check(Origin origin, Allowed allowed, Duration within) throws EgressException, InterruptedException {
        if (!allowed.names(origin)) {
            throw refused(origin, "it is not what " + allowed.key() + " names (" + String.join(", ", allowed.hosts()) + ")."
                + " To allow another one: ./ozone-core config --set " + allowed.key() + "=…");
        }
        Host host = origin.host();
        if (host.literal() != null) {
            literal(origin, allowed);
            return List.of(host.literal());
        }
        if (host.text().equals(Host.LOCALHOST)) {
            return LOCALHOST;
        }
        if (!origin.secure()) {
            throw refused(origin, "plain http goes only to an address of this machine or of a private network that " + allowed.key() + " names. Use https");
        }
        List<InetAddress> addresses = resolve(origin, within);
        for (InetAddress address : addresses) {
            Kind kind = Kind.of(address);
            if (kind != Kind.PUBLIC) {
                throw refused(origin, "its name stands for " + address.getHostAddress() + ", " + kind.words()
                    + (kind.local() ? ". If that is meant, " + allowed.key() + " must name the address itself" : ""));
            }
        }
        return addresses;
    }

    private static void literal(Origin origin, Allowed allowed) throws EgressException {
        Kind kind = Kind.of(origin.host().literal());
        if (kind != Kind.PUBLIC && !kind.local()) {
            throw refused(origin, "it is " + kind.words());
        }
        if (kind == Kind.PUBLIC && !origin.secure()) {
            throw refused(origin, "plain http goes only to an address of this machine or of a private network that " + allowed.key() + " names. Use https");
        }
    }

    private List<InetAddress> resolve(Origin origin, Duration within) throws EgressException, InterruptedException {
        List<InetAddress> addresses;
        try {
            addresses = resolver.resolve(origin.host().text(), within);
        } catch (UnknownHostException e) {
            throw new EgressException(EgressException.Code.UNREACHABLE, "There is no host " + origin.host().text()
                + ", or this machine has no network", e);
        } catch (TimeoutException e) {
            throw new EgressException(EgressException.Code.TIMEOUT, "The address of " + origin.host().text() + " was not found within "
                + within.toMillis() + " ms", e);
        }
        if (addresses.isEmpty()) {
            throw new EgressException(EgressException.Code.UNREACHABLE, "The host " + origin.host().text() + " has no address");
        }
        return addresses;
    }

    /**
     * The one address of a child.
     *
     * @throws EgressException REFUSED if it is not alive, not a child of this process, or the URL is not its own
     */
    List<InetAddress> check(Origin origin, Child child) throws EgressException {
        boolean here = origin.host().text().equals(Host.LOCALHOST) || LOOPBACK.equals(origin.host().literal());
        if (!here || origin.port() != child.port()) {
            throw refused(origin, "the child process listens on 127.0.0.1:" + child.port());
        }
        if (!child.process().isAlive()) {
            throw refused(origin, "the child process " + child.process().pid() + " has ended");
        }
        if (!descends(child.process())) {
            throw refused(origin, "the process " + child.process().pid() + " was not started here");
        }
        return List.of(LOOPBACK);
    }

    private static boolean descends(ProcessHandle process) {
        ProcessHandle self = ProcessHandle.current();
        ProcessHandle ancestor = process.parent().orElse(null);
        while (ancestor != null && !ancestor.equals(self)) {
            ancestor = ancestor.parent().orElse(null);
        }
        return ancestor != null;
    }

    private static EgressException refused(Origin origin, String why) {
        return new EgressException(EgressException.Code.REFUSED, origin.place() + " is not reached: " + why);
    }
}
