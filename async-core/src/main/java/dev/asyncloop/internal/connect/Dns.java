package dev.asyncloop.internal.connect;

import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverChannelStrategy;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks the DNS. Its resolver is made for the first name, in a thread of its own, as that reads files and loads dozens of
 * classes; one that could not be made is made again for the next name. All else only on the event loop.
 */
final class Dns {

    private final EventLoop eventLoop;

    private final ChannelFactory<? extends DatagramChannel> sockets;

    private final Supplier<DnsNameResolverBuilder> settings;

    /** The sockets of lookups under way, which Netty leaves open when their resolver is closed. */
    private final ChannelGroup open;

    private @Nullable CompletableFuture<DnsAddressResolverGroup> resolvers;

    private boolean closed;

    /**
     * Makes nothing yet.
     * @param sockets called for each lookup
     * @param settings called in the thread in which a resolver is made
     */
    Dns(
            EventLoop eventLoop,
            ChannelFactory<? extends DatagramChannel> sockets,
            Supplier<DnsNameResolverBuilder> settings) {
        this.eventLoop = eventLoop;
        this.open = new DefaultChannelGroup(eventLoop);
        this.sockets = sockets;
        this.settings = settings;
    }

    /** Finds the addresses of a name; all failures are the promise's. */
    void find(String host, Promise<List<InetAddress>> found) {
        try {
            CompletableFuture<DnsAddressResolverGroup> mine = resolvers();
            mine.whenCompleteAsync((made, failure) -> goOn(mine, made, failure, host, found), eventLoop);
        } catch (Throwable ex) { // no thread could be started
            found.tryFailure(ex);
        }
    }

    private CompletableFuture<DnsAddressResolverGroup> resolvers() {
        CompletableFuture<DnsAddressResolverGroup> mine = resolvers;
        if (mine == null) {
            CompletableFuture<DnsAddressResolverGroup> making = new CompletableFuture<>();
            Thread.ofPlatform().daemon().name("ioloop-dns").start(() -> make(making));
            mine = making;
            resolvers = mine;
        }
        return mine;
    }

    private void make(CompletableFuture<DnsAddressResolverGroup> making) {
        try {
            making.complete(new DnsAddressResolverGroup(withSocketForEachLookup(settings.get())));
        } catch (Throwable ex) {
            making.completeExceptionally(ex);
        }
    }

    /** As the JDK does it. With one for all, which is Netty's default, no name is found any more if that could not be opened. */
    private DnsNameResolverBuilder withSocketForEachLookup(DnsNameResolverBuilder builder) {
        return builder.datagramChannelStrategy(DnsNameResolverChannelStrategy.ChannelPerResolution)
                .datagramChannelFactory(this::socket);
    }

    private DatagramChannel socket() {
        DatagramChannel socket = sockets.newChannel();
        open.add(socket);
        return socket;
    }

    private void goOn(
            CompletableFuture<DnsAddressResolverGroup> mine,
            @Nullable DnsAddressResolverGroup made,
            @Nullable Throwable failure,
            String host,
            Promise<List<InetAddress>> found) {
        if (closed) { // a resolver that is made now would be closed by nobody
            found.tryFailure(new UnknownHostException(host + ": the client was closed"));
        } else if (made != null) {
            ask(made, host, found);
        } else if (failure != null) {
            if (resolvers == mine) { // the next one tries again; somebody may have done so already
                resolvers = null;
            }
            found.tryFailure(failure);
        }
    }

    private void ask(DnsAddressResolverGroup made, String host, Promise<List<InetAddress>> found) {
        try {
            made.getResolver(eventLoop)
                    .resolveAll(InetSocketAddress.createUnresolved(host, 0))
                    .addListener((Future<List<InetSocketAddress>> all) -> {
                        if (all.isSuccess()) {
                            found.trySuccess(all.getNow().stream()
                                    .map(InetSocketAddress::getAddress)
                                    .toList());
                        } else {
                            found.tryFailure(all.cause());
                        }
                    });
        } catch (Throwable ex) { // it is here that Netty makes it, and refuses one to an event loop that ends
            found.tryFailure(ex);
        }
    }

    void close() {
        closed = true;
        if (resolvers != null) {
            resolvers.thenAccept(DnsAddressResolverGroup::close);
        }
        open.close();
    }
}
