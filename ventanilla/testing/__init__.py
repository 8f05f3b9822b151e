"""The cast that every room's tests share: two accounts, their people, a customer, two inboxes."""
