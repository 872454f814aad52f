// What mails say, by template; yours will say it better.  The message is what a person wrote (a reason, a note), and empty
// otherwise; metadata has level, invoice, order and status, or invitation.

const texts = {
  welcome: () => 'Your account is open.',
  quota_warning_80: () => 'More than 80 % of your storage is used.',
  quota_critical_95: () => 'More than 95 % of your storage is used.',
  quota_exceeded: () => 'Your storage is full.',
  invoice_generated: ({ invoice }) => `There is a new invoice: ${invoice}.`,
  payment_overdue: ({ invoice }) => `An invoice is past its due date: ${invoice}.`,
  payment_received: ({ invoice }) => `Thank you: invoice ${invoice} is paid.`,
  account_suspended: () => 'Your account is suspended: keys and logins do not work until it is active again.',
  account_activated: () => 'Your account is active.',
  member_invited: () => 'A person was invited to your account.',
  order_changed: ({ order, status }) => `Order ${order} is now: ${status}.`,
  subscription_ended: () => 'A subscription has ended.',
  trial_ended: () => 'A trial has ended.',
};

// One that is not known is sent with its title: a new type is no reason to lose a mail.
export function textOf({ template, title, message, metadata }) {
  const text = Object.hasOwn(texts, template) ? texts[template](metadata ?? {}) : title;
  return [text, message].filter(Boolean).join('\n\n') + '\n';
}
