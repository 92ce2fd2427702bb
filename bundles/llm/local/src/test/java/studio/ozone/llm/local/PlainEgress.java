package studio.ozone.llm.local;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import studio.ozone.api.egress.Egress;
import studio.ozone.api.egress.EgressException;

/** Connects wherever it is told to, as the contract says in the rest; addresses can be moved to a server of the test. */
final class PlainEgress implements Egress, AutoCloseable {

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final UnaryOperator<URI> moved;

    PlainEgress() {
        this(UnaryOperator.identity());
    }

    PlainEgress(UnaryOperator<URI> moved) {
        this.moved = moved;
    }

    @Override
    public Response send(Request request) throws EgressException, InterruptedException {
        if (request.to() instanceof Child child && !child.process().isAlive()) {
            throw new EgressException(EgressException.Code.REFUSED, "The process has ended");
        }
        HttpRequest.Builder builder = HttpRequest.newBuilder(moved.apply(request.uri())).timeout(request.limits().silence())
            .method(request.method(), request.body() == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(request.body()));
        request.headers().forEach(builder::header);
        request.secretHeaders().forEach(builder::header);
        try {
            return answer(request.uri(), client.send(builder.build(), BodyHandlers.ofInputStream()));
        } catch (IOException e) {
            throw new EgressException(EgressException.Code.UNREACHABLE, request.uri().getHost() + " does not answer: " + e, e);
        }
    }

    private static Response answer(URI uri, HttpResponse<InputStream> response) {
        return new Response() {
            @Override
            public URI uri() {
                return uri;
            }

            @Override
            public int status() {
                return response.statusCode();
            }

            @Override
            public Map<String, List<String>> headers() {
                return response.headers().map();
            }

            @Override
            public InputStream body() {
                return new FilterInputStream(response.body()) {
                    @Override
                    public int read(byte[] bytes, int from, int count) throws IOException {
                        int read = super.read(bytes, from, count);
                        if (Thread.currentThread().isInterrupted()) {
                            close();
                            throw new IOException("interrupted");
                        }
                        return read;
                    }
                };
            }

            @Override
            public void close() {
                try {
                    response.body().close();
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }
        };
    }

    @Override
    public List<Connection> connections() {
        throw new UnsupportedOperationException();
    }

    @Override
    public AutoCloseable follow(Consumer<Connection> consumer) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Reach> reaches() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
