package dev.asyncloop.internal.connect;

import java.net.InetAddress;

/** The application's filter allows none of the addresses of a server. Has no stack trace. */
public final class AddressRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final InetAddress address;

    AddressRefusedException(InetAddress address) {
        super(address + " is not allowed", null, false, false);
        this.address = address;
    }

    /** Returns the address; the first one if the server has several. */
    public InetAddress address() {
        return address;
    }
}
