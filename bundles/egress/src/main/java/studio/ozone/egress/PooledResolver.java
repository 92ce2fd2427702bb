package studio.ozone.egress;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import studio.ozone.api.runtime.Workers;

/** The system's resolver, which nobody can interrupt, and so in threads of this bundle that are not waited for too long. */
record PooledResolver(Workers workers) implements Resolver {

    private static final int THREADS = 4;

    @Override
    public List<InetAddress> resolve(String name, Duration within) throws UnknownHostException, TimeoutException, InterruptedException {
        Future<InetAddress[]> asked = workers.pool("resolve", THREADS).submit(() -> InetAddress.getAllByName(name));
        try {
            return List.of(asked.get(within.toNanos(), TimeUnit.NANOSECONDS));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownHostException unknown) {
                throw unknown;
            }
            throw new IllegalStateException("The resolver failed", e.getCause());
        } finally {
            asked.cancel(true);
        }
    }
}
