package studio.ozone.runtime.socket;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import org.apache.karaf.shell.api.console.SessionFactory;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.runtime.Health;

/**
 * The Unix domain socket through which {@code ozone-core} reaches the instance: {@code run/ozone.sock} in the data home. Who
 * can open it can run code, so it is guarded three times: the folder and the socket are the owner's alone, and the kernel is
 * asked who calls. No network port leads here. The protocol is in {@code docs/formats/command-protocol.md}.
 */
@Component(service = CommandSocket.class, immediate = true)        // nobody asks for it: callers come from outside
public final class CommandSocket {

    private static final Logger LOG = LoggerFactory.getLogger(CommandSocket.class);
    private static final String DATA = "ozone.data";
    private static final long END_MS = 1500;
    private static final long PAUSE_NANOS = 100_000_000L;

    private final Path file;
    private final UserPrincipal owner;
    private final ServerSocketChannel server;
    private final Connection connection;
    private final Map<SocketChannel, Thread> open = new ConcurrentHashMap<>();
    private final AtomicLong count = new AtomicLong();

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    private volatile Health health;

    /** @throws IOException if the socket cannot be made, or another instance is behind it; names the path */
    @Activate
    public CommandSocket(@Reference SessionFactory sessions, BundleContext bundles) throws IOException {
        this(sessions, Path.of(bundles.getProperty(DATA)));
    }

    CommandSocket(SessionFactory sessions, Path data) throws IOException {
        Path run = Files.createDirectories(data.resolve("run"));
        Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwx------"));
        file = run.resolve("ozone.sock");
        owner = Files.getOwner(run);
        Caller caller = new Caller(owner.getName());
        connection = new Connection(new CommandRunner(sessions, caller), new Shells(sessions, caller, data.resolve("shell.history")), () -> health, this::thread);
        server = bind(file);
        thread("accept", this::accept).start();
    }

    private static ServerSocketChannel bind(Path file) throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(file);
        if (Files.exists(file)) {
            try (SocketChannel live = SocketChannel.open(address)) {
                throw new IllegalStateException("Another instance listens on " + file);
            } catch (IOException e) {
                Files.deleteIfExists(file);        // left over: nobody is behind it
            }
        }
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(address);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            server.close();
            throw new IOException("Cannot listen on " + file + ": " + e.getMessage()
                    + ". A socket's path has at most about 100 bytes: set OZONE_DATA_DIR to a shorter one.", e);
        }
        return server;
    }

    /** What still runs is interrupted, and has a moment to end. */
    @Deactivate
    void close() throws IOException {
        server.close();
        Files.deleteIfExists(file);
        for (SocketChannel channel : open.keySet()) {
            channel.close();                       // interrupts its command
        }
        long begun = System.nanoTime();
        try {
            for (Thread connection : open.values()) {
                connection.join(Math.max(1, END_MS - (System.nanoTime() - begun) / 1_000_000));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();    // a command that came through here has stopped this bundle
        }
    }

    private Thread thread(String name, Runnable work) {
        return Thread.ofPlatform().daemon().name("runtime.socket/" + name + "-" + count.incrementAndGet()).unstarted(work);
    }

    private void accept() {
        while (true) {
            try {
                SocketChannel channel = server.accept();
                Thread thread = thread("connection", () -> serve(channel));
                open.put(channel, thread);
                if (!server.isOpen()) {
                    channel.close();               // came in between
                }
                thread.start();
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                LOG.warn("A connection to {} was not accepted: {}", file, e.getMessage());
                LockSupport.parkNanos(PAUSE_NANOS);    // too many files are open, for instance; the next may find room
            }
        }
    }

    private void serve(SocketChannel channel) {
        try (channel) {
            if (owner.equals(channel.getOption(jdk.net.ExtendedSocketOptions.SO_PEERCRED).user())) {
                connection.serve(new Input(channel), new Output(channel));
            } else {
                LOG.warn("A connection to {} by another user was refused", file);
                Connection.refuse(new Output(channel));
            }
            finish(channel);
        } catch (IOException e) {
            LOG.debug("A connection to {} broke off", file, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(channel);
        }
    }

    /** A socket that is closed with something unread in it breaks the connection before the caller has read the answer. */
    private static void finish(SocketChannel channel) throws IOException {
        if (channel.isOpen()) {
            channel.shutdownOutput();
            ByteBuffer unread = ByteBuffer.allocate(4096);
            while (channel.read(unread.clear()) >= 0) {
                LOG.trace("{} bytes were not read", unread.position());
            }
        }
    }

    /** Reads without the lock that {@code Channels} may share with the writing side. */
    private static final class Input extends InputStream {
        private final SocketChannel channel;

        Input(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return channel.read(ByteBuffer.wrap(bytes, offset, length));
        }
    }

    /** For the threads of the connection alone, which nobody interrupts: the channel would close. */
    private static final class Output extends OutputStream {
        private final SocketChannel channel;

        Output(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            ByteBuffer left = ByteBuffer.wrap(bytes, offset, length);
            while (left.hasRemaining()) {
                channel.write(left);
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
