import type { ReactNode } from 'react';

function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      viewBox="0 0 24 24"
      width="20"
      height="20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export function SnapshotIcon() {
  return (
    <Icon>
      <path d="M4.5 7.5h3l1.6-2.3h5.8l1.6 2.3h3a1.5 1.5 0 0 1 1.5 1.5v8.5a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 17.5V9a1.5 1.5 0 0 1 1.5-1.5Z" />
      <circle cx="12" cy="13" r="3.4" />
    </Icon>
  );
}

export function RecordIcon() {
  return (
    <Icon>
      <circle cx="12" cy="12" r="8.5" />
      <circle cx="12" cy="12" r="4" fill="currentColor" stroke="none" />
    </Icon>
  );
}

export function StopIcon() {
  return (
    <Icon>
      <rect x="6.5" y="6.5" width="11" height="11" rx="2" fill="currentColor" stroke="none" />
    </Icon>
  );
}

export function ExpandIcon() {
  return (
    <Icon>
      <path d="M9 4H4v5M15 4h5v5M9 20H4v-5M15 20h5v-5" />
    </Icon>
  );
}

export function CollapseIcon() {
  return (
    <Icon>
      <path d="M4 9h5V4M20 9h-5V4M4 15h5v5M20 15h-5v5" />
    </Icon>
  );
}

export function CloseIcon() {
  return (
    <Icon>
      <path d="M6 6l12 12M18 6L6 18" />
    </Icon>
  );
}

export function PlayIcon() {
  return (
    <Icon>
      <path d="M8 5.5v13l10.5-6.5Z" fill="currentColor" stroke="none" />
    </Icon>
  );
}

export function KeyboardIcon() {
  return (
    <Icon>
      <rect x="2.5" y="6" width="19" height="12" rx="2" />
      <path d="M6 10h.01M9 10h.01M12 10h.01M15 10h.01M18 10h.01M8 14h8" />
    </Icon>
  );
}

export function PersonIcon() {
  return (
    <Icon>
      <circle cx="12" cy="8.5" r="3.6" />
      <path d="M5 19.5a7 7 0 0 1 14 0" />
    </Icon>
  );
}

export function SettingsIcon() {
  return (
    <Icon>
      <circle cx="12" cy="12" r="2.8" />
      <path d="M12 3.5v2.7M12 17.8v2.7M3.5 12h2.7M17.8 12h2.7M6 6l1.9 1.9M16.1 16.1 18 18M18 6l-1.9 1.9M7.9 16.1 6 18" />
      <circle cx="12" cy="12" r="6" />
    </Icon>
  );
}

export function LockIcon({ isOpen = false }: { isOpen?: boolean }) {
  return (
    <Icon>
      <rect x="5" y="10.5" width="14" height="9.5" rx="2" />
      <path d={`M8.5 10.5V8a3.5 3.5 0 0 1 ${isOpen ? '6.7-1.4' : '7 0v2.5'}`} />
    </Icon>
  );
}

export function SignOutIcon() {
  return (
    <Icon>
      <path d="M10 4H5.5A1.5 1.5 0 0 0 4 5.5v13A1.5 1.5 0 0 0 5.5 20H10M15 8l4 4-4 4M19 12H9.5" />
    </Icon>
  );
}

export function WarningIcon() {
  return (
    <Icon>
      <path d="M12 4 2.8 19.5h18.4ZM12 10v4.5M12 17.2v.01" />
    </Icon>
  );
}

export function ChevronIcon({ isLeft = false }: { isLeft?: boolean }) {
  return (
    <Icon>
      <path d={isLeft ? 'M14.5 6l-6 6 6 6' : 'M9.5 6l6 6-6 6'} />
    </Icon>
  );
}

export function LensIcon() {
  return (
    <Icon>
      <circle cx="12" cy="12" r="8" />
      <circle cx="12" cy="12" r="3" fill="currentColor" stroke="none" />
    </Icon>
  );
}

export function DetailsIcon() {
  return (
    <Icon>
      <path d="M4 7h8M16.5 7H20M4 12h2.5M11 12h9M4 17h9M17.5 17H20" />
      <circle cx="14.2" cy="7" r="2.2" />
      <circle cx="8.7" cy="12" r="2.2" />
      <circle cx="15.2" cy="17" r="2.2" />
    </Icon>
  );
}

export function PowerIcon() {
  return (
    <Icon>
      <path d="M12 4v8M7.2 6.8a7.3 7.3 0 1 0 9.6 0" />
    </Icon>
  );
}

export function LentIcon() {
  return (
    <Icon>
      <path d="M4 8.5h14M14.5 5l3.5 3.5-3.5 3.5M20 15.5H6M9.5 12 6 15.5 9.5 19" />
    </Icon>
  );
}

export function UnpluggedIcon() {
  return (
    <Icon>
      <path d="M8 3.5V8M16 3.5V8M6 8h12v3a6 6 0 0 1-9.6 4.8M12 17v3.5M4 4l16 16" />
    </Icon>
  );
}

export function ResetIcon() {
  return (
    <Icon>
      <path d="M5 5v4.5h4.5M5.4 9.3a7.3 7.3 0 1 1-.6 4.4" />
    </Icon>
  );
}
