package studio.ozone.egress;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** Asks for the addresses of a name. */
@FunctionalInterface
interface Resolver {

    /** @throws UnknownHostException if there is no such name */
    List<InetAddress> resolve(String name, Duration within) throws UnknownHostException, TimeoutException, InterruptedException;
}
