package dev.asyncloop.channel;

/** What {@link Topic#publish} does about a subscriber that has no room for the item. */
public enum Overflow {

    /** Waits until that subscriber has room; the others have got the item before. */
    SUSPEND,

    /** Drops the oldest item that waits there, and counts it. */
    DROP_OLDEST,

    /** Drops the new item there, and counts it. */
    DROP_NEWEST,

    /** Counts the item as dropped there, and throws {@link SubscriberTooSlowException} when the others have got it. */
    FAIL,

    /** Closes that subscription: after the items that wait there it throws {@link SubscriberTooSlowException}. */
    CLOSE
}
