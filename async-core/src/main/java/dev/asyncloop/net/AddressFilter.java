package dev.asyncloop.net;

import java.net.InetAddress;

/**
 * Says which addresses a client may connect to. Asked for every address that a connection is made to: after the name was
 * resolved, for literal addresses, and after each redirect. Called on the event loop; must not block.
 */
@FunctionalInterface
public interface AddressFilter {

    /** Returns whether this address may be connected to. */
    boolean allows(InetAddress address);
}
