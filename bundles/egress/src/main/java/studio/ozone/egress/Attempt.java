package studio.ozone.egress;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

import studio.ozone.api.egress.Egress.Connection;

/** One connection while it is open; it becomes a {@link Connection} whenever somebody looks. */
final class Attempt {

    private final Connection begun;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private volatile String address;

    Attempt(long id, Instant at, String capability, String method, String host, int port, String key, String reason) {
        begun = new Connection(id, at, capability, method, host, port, null, key, reason, 0, 0, "open");
    }

    long id() {
        return begun.id();
    }

    void address(String checked) {
        address = checked;
    }

    void sent(long bytes) {
        sent.addAndGet(bytes);
    }

    /** @return all that came so far */
    long received(long bytes) {
        return received.addAndGet(bytes);
    }

    Connection now() {
        return ended(begun.outcome());
    }

    Connection ended(String outcome) {
        return new Connection(begun.id(), begun.at(), begun.capability(), begun.method(), begun.host(), begun.port(), address, begun.key(),
            begun.reason(), sent.get(), received.get(), outcome);
    }
}
