package dev.asyncloop.internal.connect;

import dev.asyncloop.net.AddressFamily;
import dev.asyncloop.net.ConnectionOptions;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import reactor.netty.resources.LoopResources;

/**
 * Finds the addresses of names: those given with the options, then what the application's resolver says or, without one,
 * the DNS.
 */
final class Names {

    private final ConnectionOptions options;

    private final EventLoop eventLoop;

    private final Dns dns;

    private final AddressResolver<InetSocketAddress> lookup;

    private final FilteringResolverGroup servers;

    Names(LoopResources resources, EventLoop eventLoop, ConnectionOptions options) {
        this.options = options;
        this.eventLoop = eventLoop;
        this.dns = new Dns(
                eventLoop,
                () -> resources.onChannel(DatagramChannel.class, eventLoop),
                () -> dnsSettings(resources, eventLoop, options));
        this.lookup = new Lookup().asAddressResolver();
        this.servers = new FilteringResolverGroup(
                new AddressResolverGroup<>() {
                    @Override
                    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
                        return lookup;
                    }
                },
                options.addressFamily(),
                options.addressFilter());
    }

    static DnsNameResolverBuilder dnsSettings(LoopResources resources, EventLoop eventLoop, ConnectionOptions options) {
        return new DnsNameResolverBuilder()
                .socketChannelFactory(() -> resources.onChannel(SocketChannel.class, eventLoop))
                .resolvedAddressTypes(types(options.addressFamily()))
                .ttl(0, seconds(options.dnsCache().max()))
                .negativeTtl(seconds(options.dnsCache().negative()));
    }

    private static ResolvedAddressTypes types(AddressFamily family) {
        return switch (family) {
            case ANY -> ResolvedAddressTypes.IPV4_PREFERRED;
            case IPV4 -> ResolvedAddressTypes.IPV4_ONLY;
            case IPV6 -> ResolvedAddressTypes.IPV6_ONLY;
        };
    }

    private static int seconds(Duration duration) {
        return (int) Math.min(duration.toSeconds(), Integer.MAX_VALUE);
    }

    /** Finds the addresses of servers, those that may be connected to. */
    AddressResolverGroup<InetSocketAddress> ofServers() {
        return servers;
    }

    /** Finds the addresses of this one, whatever is asked for. */
    AddressResolverGroup<InetSocketAddress> always(InetSocketAddress address) {
        return group(new EveryAddressResolver(eventLoop) {
            @Override
            void find(InetSocketAddress asked, Promise<List<InetSocketAddress>> found) {
                lookup.resolveAll(address, found);
            }
        });
    }

    /** Leaves unresolved what is asked for. */
    AddressResolverGroup<InetSocketAddress> ofNothing() {
        return group(new EveryAddressResolver(eventLoop) {
            @Override
            void find(InetSocketAddress asked, Promise<List<InetSocketAddress>> found) {
                found.trySuccess(List.of(asked));
            }
        });
    }

    /** Finds the first address of a proxy. */
    Future<InetSocketAddress> ofProxy(InetSocketAddress proxy) {
        return lookup.resolve(proxy);
    }

    private static AddressResolverGroup<InetSocketAddress> group(AddressResolver<InetSocketAddress> resolver) {
        return new AddressResolverGroup<>() {
            @Override
            protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
                return resolver;
            }
        };
    }

    void close() {
        servers.close();
        dns.close();
    }

    private final class Lookup extends InetNameResolver {

        Lookup() {
            super(eventLoop);
        }

        @Override
        protected void doResolve(String host, Promise<InetAddress> found) {
            resolveAll(host).addListener((Future<List<InetAddress>> all) -> {
                if (all.isSuccess()) {
                    found.trySuccess(all.getNow().getFirst());
                } else {
                    found.tryFailure(all.cause());
                }
            });
        }

        @Override
        protected void doResolveAll(String host, Promise<List<InetAddress>> found) {
            InetAddress given = options.hosts().get(host.toLowerCase(Locale.ROOT));
            if (given != null) {
                found.trySuccess(List.of(given));
            } else if (options.resolver() != null) {
                options.resolver().resolve(host).whenComplete((all, failure) -> settle(host, all, failure, found));
            } else {
                dns.find(host, found);
            }
        }

        private static void settle(
                String host,
                @Nullable List<InetAddress> all,
                @Nullable Throwable failure,
                Promise<List<InetAddress>> found) {
            if (failure != null) {
                found.tryFailure(cause(failure));
            } else if (all == null || all.isEmpty()) {
                found.tryFailure(new UnknownHostException(host + " has no address"));
            } else {
                found.trySuccess(List.copyOf(all));
            }
        }

        private static Throwable cause(Throwable failure) {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            return Objects.requireNonNullElse(cause, failure);
        }
    }
}
