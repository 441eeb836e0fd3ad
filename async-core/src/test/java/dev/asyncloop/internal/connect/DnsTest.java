package dev.asyncloop.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.net.ConnectionOptions;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DnsTest {

    private static final InetAddress ANSWER = InetAddress.ofLiteral("192.0.2.7");

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    private final EventLoop eventLoop = group.next();

    private final NameServer server = new NameServer(eventLoop, ANSWER);

    private final AtomicInteger made = new AtomicInteger();

    private final List<Channel> opened = new CopyOnWriteArrayList<>();

    private volatile boolean firstFails;

    @AfterEach
    void end() {
        if (!eventLoop.isShuttingDown()) {
            server.close();
        }
        group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private DnsNameResolverBuilder settings() {
        made.incrementAndGet();
        return Names.dnsSettings(new SharedResources(group), eventLoop, ConnectionOptions.defaults())
                .nameServerProvider(new SingletonDnsServerAddressStreamProvider(server.address()))
                .searchDomains(List.of()) // whatever the machine's are
                .ndots(1)
                .queryTimeoutMillis(20_000);
    }

    private Dns dns(Supplier<DnsNameResolverBuilder> settings) {
        return new Dns(eventLoop, this::socket, settings);
    }

    private DatagramChannel socket() {
        if (opened.isEmpty() && firstFails) {
            firstFails = false;
            throw new ChannelException("Too many open files");
        }
        DatagramChannel socket = new SharedResources(group).onChannel(DatagramChannel.class, eventLoop);
        opened.add(socket);
        return socket;
    }

    private Future<List<InetAddress>> begin(Dns dns, String host) {
        Promise<List<InetAddress>> found = eventLoop.newPromise();
        eventLoop.execute(() -> dns.find(host, found));
        return found;
    }

    private List<InetAddress> find(Dns dns, String host) throws Exception {
        return begin(dns, host).get(20, TimeUnit.SECONDS);
    }

    private void close(Dns dns) {
        eventLoop.submit(dns::close).syncUninterruptibly();
    }

    @Test
    void aNameIsAskedForOnceAsLongAsItsAnswerIsValid() throws Exception {
        Dns dns = dns(this::settings);
        assertThat(find(dns, "a.example")).containsExactly(ANSWER);
        assertThat(find(dns, "b.example")).containsExactly(ANSWER);
        assertThat(find(dns, "a.example")).containsExactly(ANSWER);
        assertThat(server.asked).containsExactly("a.example.", "b.example.");
        assertThat(made).hasValue(1);
        close(dns);
    }

    @Test
    void whatCouldNotBeMadeIsMadeAgain() throws Exception {
        Dns dns = dns(() -> {
            if (made.get() == 0) {
                made.incrementAndGet();
                throw new IllegalStateException("no file");
            }
            return settings();
        });
        assertThatThrownBy(() -> find(dns, "a.example"))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseMessage("no file");
        assertThat(find(dns, "a.example")).containsExactly(ANSWER);
        close(dns);
    }

    /** Two wait for what fails; what was made between their failures stays. */
    @Test
    void aFailureDiscardsNoOtherResolver() throws Exception {
        CountDownLatch bothWait = new CountDownLatch(1);
        Dns dns = dns(() -> {
            if (made.get() == 0) {
                made.incrementAndGet();
                awaitQuietly(bothWait);
                throw new IllegalStateException("no file");
            }
            return settings();
        });
        List<Future<List<InetAddress>>> third = new ArrayList<>();
        Future<List<InetAddress>> first = begin(dns, "a.example");
        Future<List<InetAddress>> second = begin(dns, "b.example");
        eventLoop
                .submit(() -> {
                    for (Future<List<InetAddress>> failing : List.of(first, second)) {
                        failing.addListener(failed -> {
                            if (third.isEmpty()) {
                                third.add(begun(dns, "c.example"));
                            }
                        });
                    }
                })
                .syncUninterruptibly();
        bothWait.countDown();
        assertThat(first.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(second.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(find(dns, "d.example")).containsExactly(ANSWER);
        assertThat(third.getFirst().get(20, TimeUnit.SECONDS)).containsExactly(ANSWER);
        assertThat(made).hasValue(2);
        close(dns);
    }

    private Future<List<InetAddress>> begun(Dns dns, String host) {
        Promise<List<InetAddress>> found = eventLoop.newPromise();
        dns.find(host, found);
        return found;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }

    /** As with too many open files: the next name is found all the same. */
    @Test
    void aSocketThatCouldNotBeOpenedFailsOneNameOnly() throws Exception {
        firstFails = true;
        Dns dns = dns(this::settings);
        assertThatThrownBy(() -> find(dns, "a.example")).hasStackTraceContaining("Too many open files");
        assertThat(find(dns, "a.example")).containsExactly(ANSWER);
        close(dns);
    }

    @Test
    void whatNettyRefusesFailsTheName() {
        group.shutdownGracefully(1, 20, TimeUnit.SECONDS); // no resolver is made for an event loop that ends
        Dns dns = dns(this::settings);
        assertThatThrownBy(() -> find(dns, "a.example")).isInstanceOf(ExecutionException.class);
    }

    @Test
    void noSocketIsLeft() throws Exception {
        Dns dns = dns(this::settings);
        find(dns, "a.example");
        assertThat(opened).hasSize(1);
        assertThat(opened.getFirst().closeFuture().await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(server.asked.take()).isEqualTo("a.example.");
        server.silent = true;
        begin(dns, "b.example");
        assertThat(server.asked.poll(20, TimeUnit.SECONDS)).isEqualTo("b.example.");
        close(dns);
        assertThat(opened).hasSize(2).noneMatch(Channel::isOpen);
    }

    @Test
    void whoWaitsForAResolverOfAClientThatIsClosedIsTold() {
        CountDownLatch closed = new CountDownLatch(1);
        Dns dns = dns(() -> {
            awaitQuietly(closed);
            return settings();
        });
        Future<List<InetAddress>> found = begin(dns, "a.example");
        close(dns);
        closed.countDown();
        assertThatThrownBy(() -> found.get(20, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(UnknownHostException.class)
                .hasMessage("a.example: the client was closed");
        assertThat(server.asked).isEmpty();
    }
}
