package dev.asyncloop.http;

import dev.asyncloop.net.AddressFilter;
import java.net.InetAddress;

/**
 * The client's {@link AddressFilter} does not let it connect there: none of the addresses of the host is allowed.
 */
public final class AddressNotAllowedException extends FetchException {

    private static final long serialVersionUID = 1L;

    private final InetAddress address;

    AddressNotAllowedException(InetAddress address, Attempt attempt) {
        super(
                "address " + address.getHostAddress()
                        + " is not allowed by the client's AddressFilter; fetch something else, or let the filter allow it",
                attempt,
                null);
        this.address = address;
    }

    /** Returns the address; the first one if the host has several. */
    public InetAddress address() {
        return address;
    }
}
